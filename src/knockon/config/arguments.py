"""The words of the command line: every command, its options, and where its work is done."""

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import knockon
from knockon.config.output import USAGE
from knockon.config.words import gettext as _
from knockon.domain.access import Right, Role
from knockon.domain.contract import TABLES
from knockon.domain.disruptions import DisruptionKind, Severity

_COMMANDS = "knockon.config.commands"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command.

    Parameters
    ----------
    name, summary
        What is typed, and what it does.
    module
        Where its ``run(given)`` lives; loaded when the data base is there.
    add
        Adds its options.
    """

    name: str
    summary: str
    module: str
    add: Callable[[argparse.ArgumentParser], None]


class Parser(argparse.ArgumentParser):
    """A parser that ends with our exit code for a wrong use."""

    def error(self, message: str) -> NoReturn:
        """Say how it is used and what was wrong, and end."""
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {message}\n")


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    parser = Parser(prog="knockon", description=_("Which customer orders a disruption hits."))
    parser.add_argument("--version", action="version", version=f"knockon {knockon.__version__}")
    _add_shared(parser, default=None)
    commands = parser.add_subparsers(
        dest="command", metavar=_("COMMAND"), required=True, parser_class=Parser
    )
    for command in commands_of_today():
        # Without a summary a command is ours alone, and the help does not list it.
        made = (
            commands.add_parser(command.name, help=command.summary, description=command.summary)
            if command.summary
            else commands.add_parser(command.name)
        )
        _add_shared(made, default=argparse.SUPPRESS)
        made.set_defaults(module=command.module)
        command.add(made)
    return parser


def commands_of_today() -> tuple[Command, ...]:
    """Return every command in the order of the help."""
    return (
        _command("serve", _("Run everything on this machine."), "serving", _serve),
        _command("web", _("Run the pages and the doors only."), "web", _web),
        _command("worker", _("Run the handlers, sending and timers only."), "worker", _worker),
        _command("import", _("Take in lists from files."), "importing", _import),
        _command("doctor", _("Say what the data can answer."), "importing", _nothing),
        _command("report", _("Report a disruption."), "reporting", _report),
        _command("impact", _("Show whom a disruption hits."), "asking", _impact),
        _command("curve", _("Show which orders turn late when."), "asking", _curve),
        _command("trace", _("Show where a lot went or came from."), "asking", _trace),
        _command("why", _("Show why an order is hit, or why not."), "asking", _why),
        _command("window", _("Show what else the suspect window may be."), "links", _window),
        _command("gaps", _("List broken trace links by what they hide."), "links", _plant),
        _command("joint", _("Show what all open cases do together."), "joint", _joint),
        _command("seal", _("Lay the genealogy of lots down in files."), "sealing", _seal),
        _command("user", _("Make accounts."), "accounts", _user),
        _command("token", _("Make keys for programs."), "accounts", _token),
        _command("bench", _("Measure one bar of performance."), "benching", _bench),
        _command("play", "", "playing", _play),
    )


def _command(
    name: str, summary: str, module: str, add: Callable[[argparse.ArgumentParser], None]
) -> Command:
    return Command(name=name, summary=summary, module=f"{_COMMANDS}.{module}", add=add)


def _add_shared(parser: argparse.ArgumentParser, *, default: object) -> None:
    parser.add_argument(
        "--home", type=Path, default=default, help=_("folder of the instance (default .knockon)")
    )
    parser.add_argument(
        "--json",
        action="store_true",
        default=False if default is None else default,
        dest="as_json",
        help=_("print one JSON document"),
    )


def _nothing(_parser: argparse.ArgumentParser) -> None:
    """Take no options."""


def _serve(parser: argparse.ArgumentParser) -> None:
    _address(parser)
    parser.add_argument(
        "--demo", metavar="NAME", help=_("load the digital factory: all, or one story's name")
    )
    parser.add_argument("--speed", type=float, default=60.0, help=argparse.SUPPRESS)


def _web(parser: argparse.ArgumentParser) -> None:
    _address(parser)
    _kept(parser)
    parser.add_argument("--listen-on", type=int, help=argparse.SUPPRESS)


def _worker(parser: argparse.ArgumentParser) -> None:
    _kept(parser)


def _play(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name")
    parser.add_argument("--url", required=True)
    parser.add_argument("--speed", type=float, default=60.0)
    _kept(parser)


def _address(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", help=_("address to listen on (default 127.0.0.1)"))
    parser.add_argument("--port", type=int, help=_("port to listen on (default 8010)"))


def _kept(parser: argparse.ArgumentParser) -> None:
    """Add what a supervisor tells its children."""
    parser.add_argument("--lifeline", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--ready", type=int, help=argparse.SUPPRESS)


def _import(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="*", type=Path, metavar=_("PATH"))
    parser.add_argument("--mapping", type=Path, help=_("how to read the files"))
    _plant(parser)
    parser.add_argument("--source", help=_("name of where the files come from"))
    parser.add_argument("--dry-run", action="store_true", help=_("only say what would happen"))
    parser.add_argument(
        "--all-or-nothing", action="store_true", help=_("refuse the run if one row is bad")
    )
    parser.add_argument(
        "--snapshot",
        action="append",
        default=[],
        choices=sorted(TABLES),
        metavar="TABLE",
        help=_("the file is the whole list: close what is absent"),
    )
    parser.add_argument("--watch", type=Path, metavar="DIR", help=_("import what appears"))
    parser.add_argument(
        "--errors",
        type=Path,
        default=Path("errors.csv"),
        help=_("where to list refused rows (default errors.csv)"),
    )


def _report(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--kind", required=True, choices=[kind.value for kind in DisruptionKind])
    _plant(parser)
    add = parser.add_argument
    add("--equipment", action="append", default=[], metavar="E", help=_("machine"))
    add("--area", action="append", default=[], metavar="A", help=_("all machines below"))
    add("--tool", help=_("mould, die or fixture"))
    add("--cavity")
    add("--lot", action="append", default=[], metavar="L", help=_("issuer/item/lot or a number"))
    add("--supplier-lot", metavar="L")
    add("--item")
    add("--qty")
    add("--po", metavar="PO", help=_("purchase order"))
    add("--supplier")
    add("--person", action="append", default=[])
    add("--customer")
    add("--order")
    add("--from", dest="begin", metavar="T", help=_("when it began (default now)"))
    end = parser.add_mutually_exclusive_group()
    end.add_argument("--until", metavar="T", help=_("when it ends or ended"))
    end.add_argument("--repair", metavar="4h", help=_("how long the repair takes"))
    add("--rate", metavar="0.875", help=_("speed that remains, 0 to 1"))
    add("--severity", choices=[severity.value for severity in Severity])
    add("--cause", default="")
    add("--note", default="")


def _impact(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", type=int)
    parser.add_argument("--cleared", action="store_true", help=_("list what evidence freed, too"))


def _curve(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", type=int)


def _trace(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("lot", help=_("issuer/item/lot or a number"))
    way = parser.add_mutually_exclusive_group(required=True)
    way.add_argument("--forward", action="store_true", help=_("where it went"))
    way.add_argument("--backward", action="store_true", help=_("what it came from"))


def _why(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("order", metavar="ORDER[/LINE]")
    parser.add_argument("id", type=int)


def _window(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", type=int)


def _seal(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--rebuild", action="store_true", help=_("make files anew that are up to date")
    )
    parser.add_argument("--when-due", action="store_true", help=argparse.SUPPRESS)


def _joint(parser: argparse.ArgumentParser) -> None:
    _plant(parser)
    parser.add_argument(
        "--crews", type=int, default=1, help=_("repairs that go on at the same time (default 1)")
    )


def _user(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, parser_class=Parser)
    add = _action(actions, "add", _("make an account"))
    add.add_argument("name")
    add.add_argument(
        "--role", action="append", required=True, choices=[role.value for role in Role]
    )
    add.add_argument(
        "--plant", action="append", default=[], help=_("plant of the roles (default every plant)")
    )
    add.add_argument("--full-name", default="")
    add.add_argument("--email", default="")
    add.add_argument("--language", default="zh-hant", choices=["zh-hant", "zh-hans", "en"])
    password = _action(actions, "password", _("give an account a new password"))
    password.add_argument("name")


def _token(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, parser_class=Parser)
    add = _action(actions, "add", _("make a key"))
    add.add_argument("name")
    _plant(add)
    add.add_argument(
        "--right",
        action="append",
        default=[],
        choices=[right.value for right in Right],
        help=_("what it may be used for (default send_signals)"),
    )
    add.add_argument("--days", type=int, default=365)
    revoke = _action(actions, "revoke", _("make a key void"))
    revoke.add_argument("id", type=int)


def _bench(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name")
    parser.add_argument("rest", nargs=argparse.REMAINDER)


def _plant(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--plant", metavar="P", help=_("plant (default the only one)"))


def _action(actions: Any, name: str, summary: str) -> argparse.ArgumentParser:
    made: argparse.ArgumentParser = actions.add_parser(name, help=summary, description=summary)
    _add_shared(made, default=argparse.SUPPRESS)
    return made
