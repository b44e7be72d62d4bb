"""What the codes of this package say; a face translates and fills them.

Needed before Django has its settings, for they need the data base first.
"""


def gettext_noop(text: str) -> str:
    """Mark a text for translation; Django's own function asks for the settings at once."""
    return text


REASON_TEXTS: dict[str, str] = {
    # Progress.
    "database_external": gettext_noop("Using the data base %(database)s."),
    "database_initialising": gettext_noop("Making a new data base in %(path)s."),
    "database_starting": gettext_noop("Starting the data base in %(path)s."),
    "database_recovering": gettext_noop(
        "The data base is putting itself in order after a crash (%(waited_s)s s so far)."
    ),
    "database_waiting_for_other_process": gettext_noop(
        "Waiting for another Knockon process that is starting or stopping the data base."
    ),
    # Errors: what is wrong, then what to do.
    "no_unprivileged_account": gettext_noop(
        "PostgreSQL does not run as root, and none of these accounts exists: %(tried)s. "
        "Create one, for example with: useradd --system knockon."
    ),
    "nameless_account": gettext_noop(
        "User number %(uid)s has no name on this machine, and PostgreSQL needs one. "
        "Add it to /etc/passwd, or run Knockon as a named user."
    ),
    "database_lock_timeout": gettext_noop(
        "Another Knockon process has held %(path)s for %(waited_s)s seconds. "
        "See what it is doing, and stop it if it hangs."
    ),
    "postgres_binaries_missing": gettext_noop(
        "The PostgreSQL program %(path)s is missing. "
        "Run make setup again, or name the folder of an installed PostgreSQL in the settings."
    ),
    "postgres_binaries_broken": gettext_noop(
        "The PostgreSQL program %(path)s does not start: %(output)s. "
        "Install what it misses, or name another PostgreSQL in the settings."
    ),
    "postgres_binaries_unreachable": gettext_noop(
        "The account %(account)s cannot run the PostgreSQL programs in %(path)s. "
        "Put them where every account may read and run programs."
    ),
    "postgres_too_old": gettext_noop(
        "PostgreSQL %(found)s is too old. Use version %(needed)s or newer."
    ),
    "home_unusable": gettext_noop(
        "Knockon may not write into %(path)s: %(detail)s. "
        "Start it as the account that made the folder, or name another folder with --home."
    ),
    "database_data_missing": gettext_noop(
        "%(pointer)s says that the data are in %(path)s, but they are not there. "
        "Bring them back or restore a backup; to start empty, delete %(pointer)s."
    ),
    "database_data_foreign": gettext_noop(
        "The data in %(path)s belong to the account with number %(account)s. "
        "Start Knockon as the account that made them, or name another folder with --home."
    ),
    "database_place_unusable": gettext_noop(
        "The account %(account)s cannot keep private data in %(path)s. "
        "Name a folder on a local disk with --home."
    ),
    "database_init_failed": gettext_noop(
        "A new data base could not be made in %(path)s. PostgreSQL says: %(output)s"
    ),
    "database_data_other_version": gettext_noop(
        "The data in %(path)s were written by PostgreSQL %(data_version)s, "
        "but the programs are version %(program_version)s. Name the folder of PostgreSQL "
        "%(data_version)s in the settings, make a backup, and restore it with the new version."
    ),
    "database_start_failed": gettext_noop(
        "The data base in %(path)s does not start. Its log is %(log)s and ends with: %(output)s"
    ),
    "database_stop_failed": gettext_noop(
        "The data base in %(path)s (process %(pid)s) does not stop. "
        "See its log; end the process by hand if it hangs."
    ),
    "database_unreachable": gettext_noop(
        "The data base %(database)s does not answer: %(detail)s. "
        "See that it runs and that the address and password are right."
    ),
    "database_not_durable": gettext_noop(
        "The data base has %(setting)s = %(value)s: a power cut would lose data that Knockon has "
        "acknowledged. Switch %(setting)s on."
    ),
    "database_not_unicode": gettext_noop(
        "The data base keeps its texts as %(encoding)s. Create it with the encoding UTF8."
    ),
}
