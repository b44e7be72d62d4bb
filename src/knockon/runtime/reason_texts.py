"""What the processes' codes say; marked here, translated where they are shown."""

from django.utils.translation.trans_null import gettext_noop

PROBLEM_TEXTS: dict[str, str] = {
    "body_too_large": gettext_noop("The request is larger than this instance takes."),
    "body_too_slow": gettext_noop("The request did not arrive in time."),
    "method_not_allowed": gettext_noop("This address does not answer this method."),
    "not_json": gettext_noop("The request must be JSON in UTF-8 without compression."),
    "signals_unreadable": gettext_noop(
        "The body is not a list of signals; nothing of it was taken."
    ),
    "signals_refused": gettext_noop("No signal of the request could be taken."),
    "too_many_signals": gettext_noop("The request holds more signals than one may."),
    "token_missing": gettext_noop("The request carries no token."),
    "token_refused": gettext_noop("The token is unknown, expired or revoked."),
    "token_scope": gettext_noop("The token does not allow this."),
    "key_unfit": gettext_noop("The Idempotency-Key is too long or not plain text."),
    "key_used": gettext_noop("This Idempotency-Key belongs to another request."),
    "too_fast": gettext_noop("More signals came than this token may send."),
    "too_busy": gettext_noop("The instance has more to do than it can; ask again soon."),
    "storage_away": gettext_noop("The data base is away; nothing of the request was taken."),
    "sign_in_needed": gettext_noop("Sign in first."),
    "too_many_streams": gettext_noop("Too many live streams are open."),
    "server_failed": gettext_noop("The server failed; the request may not have been carried out."),
}
"""Problems of the processes' own endpoints, by code."""

REASON_TEXTS: dict[str, str] = {
    "handler_unknown": gettext_noop(
        "This version has no handler %(handler)s; the work waits for one that has."
    ),
    "unknown_event": gettext_noop(
        "A newer version wrote the event %(name)s, which this one does not know."
    ),
    "client_gone": gettext_noop("The client left before its request was whole."),
    "application_broken": gettext_noop(
        "The pages broke their agreement with the server: %(detail)s."
    ),
    "outward_address_refused": gettext_noop("This address may not be called: %(reason)s."),
    "outward_unreachable": gettext_noop("Nobody took the call: %(detail)s."),
    "outward_answer_lost": gettext_noop("The answer to the call was lost: %(detail)s."),
    "sending_failed": gettext_noop("The message did not arrive."),
    "sending_temporary": gettext_noop("The message was not taken now: %(detail)s."),
    "sending_refused": gettext_noop("The message or its address was refused: %(detail)s."),
    "sending_unclear": gettext_noop("The message may have arrived: %(detail)s."),
    "worker_stopped": gettext_noop("The worker's lane %(lane)s ended by itself."),
    "address_in_use": gettext_noop(
        "Another program already listens on %(host)s port %(port)s. "
        "End it, or choose another port with --port."
    ),
    "address_unusable": gettext_noop(
        "Knockon cannot listen on %(host)s port %(port)s: %(detail)s."
    ),
    "process_failed": gettext_noop(
        "The process %(process)s ended %(times)s times within a short while "
        "(last exit code %(exit_code)s). Its messages above say why."
    ),
}
"""Errors of the processes, by code."""
