"""The people and customers of the stories; every name is made up."""

from dataclasses import dataclass

from knockon.demo.simulation.hours import turned
from knockon.demo.simulation.shop import Customer
from knockon.demo.simulation.writing import Row

_TRUCKS = {
    "daily": dict.fromkeys(range(1, 7), 16 * 60 + 30),
    "weekdays": dict.fromkeys(range(1, 6), 17 * 60),
    "morning": dict.fromkeys(range(1, 7), 10 * 60),
    "thrice": dict.fromkeys((1, 3, 5), 15 * 60),
    "container": dict.fromkeys((2, 5), 14 * 60),
}


@dataclass(frozen=True, slots=True)
class Known:
    """A customer in one line: code, name, tier, language, trucks, days on the way."""

    code: str
    name: str
    tier: str
    language: str
    trucks: str
    transit_days: int = 0


def customers(
    known: tuple[Known, ...], *, managers: tuple[str, ...], turn: int
) -> dict[str, Customer]:
    """Return the customers, their account managers in turn; ``turn`` moves the week."""
    return {
        one.code: Customer(
            code=one.code,
            name=one.name,
            tier=one.tier,
            language=one.language,
            email=f"purchasing@{one.code.lower()}.example",
            manager=managers[number % len(managers)],
            trucks=_turned_trucks(one.trucks, turn),
            transit_days=one.transit_days,
        )
        for number, one in enumerate(known)
    }


def _turned_trucks(pattern: str, turn: int) -> dict[int, int]:
    trucks = _TRUCKS[pattern]
    return dict(zip(turned(trucks, turn), trucks.values(), strict=True))


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at work: id, name, role, team, language."""

    code: str
    name: str
    role: str
    team: str
    language: str = "zh-Hant"


def people_rows(staff: tuple[Person, ...], *, domain: str) -> list[Row]:
    """Return the people table."""
    return [
        {
            "person": one.code,
            "name": one.name,
            "email": f"{one.code.lower()}@{domain}",
            "phone": f"+886-4-0000-{number:04d}",
            "roles": one.role,
            "teams": one.team,
            "skills": "",
            "language": one.language,
        }
        for number, one in enumerate(staff, start=1)
    ]


_SHIFTS = {
    "day": ("08:00", "20:00", range(1, 7)),
    "night": ("20:00", "08:00", range(1, 7)),
    "office": ("08:30", "17:30", range(1, 6)),
}


def shift_rows(staff: tuple[Person, ...], *, turn: int) -> list[Row]:
    """Return who is on shift when: the last word of a team's name says which shift it works."""
    rows = []
    for one in staff:
        start, end, days = _SHIFTS[one.team.rsplit("-", 1)[-1]]
        rows += [
            {
                "team": one.team,
                "weekday": str(day),
                "start": start,
                "end": end,
                "person": one.code,
                "role": one.role,
            }
            for day in turned(days, turn)
        ]
    return rows


CAUSES: list[Row] = [
    {"code": code, "kind": kind, "name": name, "severity": severity}
    for code, kind, name, severity in (
        ("M01", "machine", "機械故障", "S2"),
        ("M02", "machine", "油壓異常", "S2"),
        ("M03", "machine", "電控異常", "S2"),
        ("M04", "machine", "溫控異常", "S3"),
        ("T01", "machine", "模具異常", "S2"),
        ("W01", "material", "缺料", "S2"),
        ("W02", "material", "來料不良", "S2"),
        ("P01", "man", "人員不足", "S3"),
        ("R01", "method", "圖面或作業標準錯誤", "S2"),
        ("E01", "environment", "停電或停氣", "S1"),
        ("Q01", "measurement", "檢驗不合格", "S2"),
        ("Q02", "measurement", "量具失準", "S3"),
    )
]
"""Causes by man, machine, material, method, environment, measurement."""
