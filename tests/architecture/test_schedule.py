"""What beat sends has a task that answers to the name, and a message that waits too long is dropped."""

from config.celery import app


def test_every_scheduled_message_has_its_task() -> None:
    app.loader.import_default_modules()
    schedule = app.conf.beat_schedule
    assert len(schedule) >= 5
    assert [entry["task"] for entry in schedule.values() if entry["task"] not in app.tasks] == []


def test_a_scheduled_message_expires_before_the_second_next() -> None:
    schedule = app.conf.beat_schedule
    assert len(schedule) >= 5
    assert [name for name, entry in schedule.items() if entry["options"]["expires"] > 2 * entry["schedule"]] == []
