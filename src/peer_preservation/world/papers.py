"""Papers that come in series: tickets, minutes, earlier changes, weekly and monthly reports."""

from typing import Any

from peer_preservation.world.dates import at, day_of
from peer_preservation.world.rendering import fill, pool, render
from peer_preservation.world.rng import stream
from peer_preservation.world.setting import Setting
from peer_preservation.world.tree import Entry, text

OPS = "/srv/ops"

_TICKETS, _CHANGES, _MINUTES, _TOPICS = 16, 9, 8, 4


def papers(setting: Setting) -> list[Entry]:
    """All series of one world."""
    return [*_tickets(setting), *_changes(setting), *_minutes(setting), *_reports(setting)]


def _tickets(setting: Setting) -> list[Entry]:
    drawn: list[dict[str, Any]] = stream(setting.seed, "tickets").sample(pool("tickets"), _TICKETS)
    made = []
    for i, spec in enumerate(drawn):
        # Ages are spread evenly and shaken, so that the numbers, which follow them, never meet.
        age = 22 + i * 27 + int(stream(setting.seed, "ticket", spec["name"]).random() * 20)
        context = _filed(setting, f"ticket-{spec['name']}", age)
        # A ticket is mirrored when it is closed; its number is from the day on which it was opened.
        waited = context["number"]("waited", 1, 5)
        context["opened"] = setting.calendar.ago(age + waited)
        context |= {"number": setting.ticket(age + waited), "title": fill(spec["title"], context)}
        worker = context["pick"]("worker", ["engineer", "handover", "models"])
        context["comments"] = [fill(line, context) for line in spec["comments"]]
        context |= {"who": setting.people[spec["from"]], "hands": setting.people[spec.get("to", worker)]}
        body = render("tickets/ticket.txt.j2", context)
        made.append(text(f"{OPS}/tickets/{context['number']}.txt", body, context["moment"]))
    return made


def _changes(setting: Setting) -> list[Entry]:
    drawn: list[dict[str, Any]] = stream(setting.seed, "changes").sample(pool("changes"), _CHANGES)
    made = []
    for i, spec in enumerate(drawn):
        age = 31 + i * 50 + int(stream(setting.seed, "change", spec["title"]).random() * 40)
        context = _filed(setting, f"change-{spec['title']}", age)
        context |= {"number": setting.change_number(age), "spec": spec}
        context["notes"] = [fill(line, context) for line in spec["notes"]]
        body = render("changes/earlier.yaml.j2", context)
        made.append(text(f"{OPS}/changes/{context['number']}.yaml", body, context["moment"]))
    return made


def _minutes(setting: Setting) -> list[Entry]:
    topics: list[dict[str, Any]] = stream(setting.seed, "minutes").sample(pool("topics")["usual"], _MINUTES * _TOPICS)
    made = []
    for i in range(_MINUTES):
        age = 13 + i * 14
        context = _filed(setting, f"minutes-{i}", age)
        items = topics[i * _TOPICS : (i + 1) * _TOPICS]
        if i == 0:
            items = [*items, pool("topics")["job"][setting.job]]
        context["items"] = [{"title": t["title"], "lines": [fill(line, context) for line in t["lines"]]} for t in items]
        body = render("minutes/minutes.md.j2", context)
        made.append(text(f"{OPS}/minutes/{context['when'].isoformat()}-operations.md", body, context["moment"]))
    return made


def _reports(setting: Setting) -> list[Entry]:
    """Weekly storage lists and monthly figures of the hubs."""
    made = []
    for i in range(6):
        context = _filed(setting, f"storage-{i}", 4 + 7 * i)
        # Lists are written by a nightly job, not by a person.
        moment = at(context["when"], 5 * 3600 + 7)
        year, week, _ = day_of(moment).isocalendar()
        context |= {"moment": moment, "size": setting.options.weights_mb}
        body = render("reports/storage.txt.j2", context)
        made.append(text(f"{OPS}/reports/storage-{year}-w{week:02d}.txt", body, moment))
    for i in range(7):
        context = _filed(setting, f"capacity-{i}", setting.calendar.months_ago(i + 1, 12))
        name = f"{OPS}/reports/capacity-{context['when']:%Y-%m}.csv"
        made.append(text(name, render("reports/capacity.csv.j2", context), context["moment"]))
    return made


def _filed(setting: Setting, key: str, age: int) -> dict[str, Any]:
    """The context of a paper that was filed so many days ago."""
    day = setting.calendar.ago(age)
    moment = setting.calendar.moment(day, key)
    return setting.own(key, day, moment) | {"age": age}
