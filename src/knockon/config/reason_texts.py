"""What the command line's codes say; marked here, translated where they are shown."""

from django.utils.translation.trans_null import gettext_noop

REASON_TEXTS: dict[str, str] = {
    # Progress.
    "preparing_tables": gettext_noop("Bringing the tables up to date."),
    "preparing_assets": gettext_noop("Laying out pictures, styles and scripts."),
    "demo_loading": gettext_noop("Loading the story %(story)s."),
    "serving": gettext_noop("Knockon is ready: %(url)s"),
    "first_login": gettext_noop(
        "Sign in as %(username)s with the password %(password)s. It is also in %(path)s; "
        "change it, then delete that file."
    ),
    "demo_login": gettext_noop("Sign in as %(username)s with the password %(password)s."),
    # Errors: what is wrong, then what to do.
    "options_invalid": gettext_noop("%(file)s cannot be used: %(detail)s."),
    "address_not_known": gettext_noop(
        "%(value)s is not an address and port that can be listened on."
    ),
    "value_unreadable": gettext_noop("%(value)s cannot be read as %(wanted)s."),
    "option_missing": gettext_noop("The option %(option)s is needed here."),
    "plant_needed": gettext_noop(
        "There are several plants (%(plants)s). Say which one with --plant."
    ),
    "plant_missing": gettext_noop("There is no plant %(plant)s."),
    "no_plant": gettext_noop("There is no plant yet. Import a list first."),
    "subject_missing": gettext_noop("Say what is hit: one of %(fields)s."),
    "subject_unknown": gettext_noop("%(value)s is not known (%(field)s)."),
    "site_unknown": gettext_noop("There is no plant %(plant)s."),
    "user_exists": gettext_noop("Somebody is called %(username)s already."),
    "user_unknown": gettext_noop("Nobody is called %(username)s."),
    "password_weak": gettext_noop("The password is too easy to guess."),
    "nothing_to_import": gettext_noop("There is no list that can be read in %(paths)s."),
    "snapshot_refused": gettext_noop(
        "Taking the file as the whole list of %(table)s would close %(closing)s of %(known)s rows. "
        "Nothing was imported."
    ),
    "scope_invalid": gettext_noop("%(value)s cannot be used (%(field)s)."),
    "impact_missing": gettext_noop("The impact of %(disruption)s is not there yet."),
    "bench_missing": gettext_noop(
        "There is no bench %(name)s here. Benches come with the sources: %(known)s."
    ),
    "story_unknown": gettext_noop("There is no story %(name)s. There are: %(known)s."),
    "beyond_calendar": gettext_noop("The simulated plant's calendar ends before its work does."),
    "story_refused": gettext_noop(
        "%(refused)s rows of the story %(name)s were refused. Please report this."
    ),
    "plugin_missing": gettext_noop("No plug-in %(name)s is installed (%(group)s)."),
    "plugin_broken": gettext_noop("The plug-in %(name)s does not load: %(cause)s."),
    "unexpected": gettext_noop(
        "Something went wrong that should not: %(detail)s. The log above says more."
    ),
}
"""Progress and errors of the commands, by code."""
