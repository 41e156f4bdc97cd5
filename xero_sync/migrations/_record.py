"""What the migrations of `XeroRecord` share: which column of the job each of its own comes from, and the SQL of both.

While the code of two releases serves, the old one knows only the job's columns and the new one only the record's.
Triggers carry over what either changes, column by column: what one release did not touch is never set back by it.
"""

JOB, RECORD = "xero_sync_syncjob", "xero_sync_xerorecord"
# The job's column, the record's, and the value that says nothing is known.
COLUMNS = (
    ("xero_tenant_id", "xero_tenant_id", "''"),
    ("xero_id", "xero_id", "''"),
    ("number_sent", "number", "''"),
    ("xero_status", "status", "''"),
    ("line_ids", "line_ids", "'{}'::jsonb"),
    ("link", "link", "'{}'::jsonb"),
    ("confirmed_hash", "confirmed_hash", "''"),
    ("confirmed_version", "confirmed_version", "0"),
    ("confirmed_at", "confirmed_at", "NULL"),
    ("xero_subtotal", "subtotal", "NULL"),
    ("xero_tax", "tax", "NULL"),
    ("xero_total", "total", "NULL"),
    ("notes", "notes", "'[]'::jsonb"),
    ("applied", "applied", "'[]'::jsonb"),
)
_JOB_COLUMNS = [job for job, _, _ in COLUMNS]
_RECORD_COLUMNS = [record for _, record, _ in COLUMNS]
_TARGETS = ", ".join(["job_id", "firm_id", *_RECORD_COLUMNS, "reference_is_ours"])


def _row(alias: str, columns: list[str]) -> str:
    return f"({', '.join(f'{alias}.{column}' for column in columns)})"


def _is_known(alias: str) -> str:
    return f"{_row(alias, _JOB_COLUMNS)} IS DISTINCT FROM ({', '.join(empty for _, _, empty in COLUMNS)})"


def _values(alias: str) -> str:
    # The reference in Xero was written by us if the last success noted it.
    ours = f"""{alias}.applied @> '[{{"code": "matter_as_reference"}}]'"""
    return ", ".join(f"{alias}.{column}" for column in ["id", "firm_id", *_JOB_COLUMNS]) + f", {ours}"


def _changed_only(column: str, *, source: str, old: str, value: str, kept: str) -> str:
    return f"{column} = CASE WHEN NEW.{source} IS DISTINCT FROM OLD.{source} THEN {value} ELSE {kept} END"


_RECORD_SETS = ",\n            ".join(
    _changed_only(record, source=job, old=job, value=f"EXCLUDED.{record}", kept=f"{RECORD}.{record}")
    for job, record in [*zip(_JOB_COLUMNS, _RECORD_COLUMNS, strict=True), ("applied", "reference_is_ours")]
)
_JOB_SETS = ",\n        ".join(
    _changed_only(job, source=record, old=record, value=f"NEW.{record}", kept=f"{JOB}.{job}")
    for job, record in zip(_JOB_COLUMNS, _RECORD_COLUMNS, strict=True)
)

JOB_TO_RECORD = f"""
CREATE OR REPLACE FUNCTION xero_sync_job_to_record() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM {RECORD} WHERE job_id = OLD.id;
        RETURN NULL;
    END IF;
    INSERT INTO {RECORD} ({_TARGETS})
    VALUES ({_values("NEW")})
    ON CONFLICT (job_id) DO UPDATE SET
            {_RECORD_SETS};
    RETURN NULL;
END $$
"""


def _job_updated(columns: list[str]) -> str:
    return f"""
CREATE OR REPLACE TRIGGER job_updated AFTER UPDATE OF {", ".join(columns)} ON {JOB} FOR EACH ROW
WHEN (pg_trigger_depth() = 0 AND {_row("OLD", _JOB_COLUMNS)} IS DISTINCT FROM {_row("NEW", _JOB_COLUMNS)})
EXECUTE FUNCTION xero_sync_job_to_record()
"""


# Not from within the other trigger: that has just carried the same values over.
JOB_UPDATED = _job_updated(_JOB_COLUMNS)
# Old code names every column when it moves a job; of these, new code names the id alone, and writes the record itself.
JOB_UPDATED_BY_OLD_CODE = _job_updated([column for column in _JOB_COLUMNS if column != "xero_id"])
JOB_TRIGGERS = (
    f"""
CREATE OR REPLACE TRIGGER job_inserted AFTER INSERT ON {JOB} FOR EACH ROW
WHEN (pg_trigger_depth() = 0 AND {_is_known("NEW")}) EXECUTE FUNCTION xero_sync_job_to_record()
""",
    JOB_UPDATED,
    f"""
CREATE OR REPLACE TRIGGER job_deleted AFTER DELETE ON {JOB} FOR EACH ROW EXECUTE FUNCTION xero_sync_job_to_record()
""",
)
DROP_JOB_TRIGGERS = (
    f"DROP TRIGGER job_inserted ON {JOB}",
    f"DROP TRIGGER job_updated ON {JOB}",
    f"DROP TRIGGER job_deleted ON {JOB}",
    "DROP FUNCTION xero_sync_job_to_record",
)

RECORD_TO_JOB = f"""
CREATE OR REPLACE FUNCTION xero_sync_record_to_job() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE {JOB} SET
        {_JOB_SETS}
    WHERE id = NEW.job_id;
    RETURN NULL;
END $$
"""
RECORD_TRIGGERS = (
    f"""
CREATE OR REPLACE TRIGGER record_inserted AFTER INSERT ON {RECORD} FOR EACH ROW
WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION xero_sync_record_to_job()
""",
    f"""
CREATE OR REPLACE TRIGGER record_updated AFTER UPDATE ON {RECORD} FOR EACH ROW
WHEN (pg_trigger_depth() = 0 AND {_row("OLD", _RECORD_COLUMNS)} IS DISTINCT FROM {_row("NEW", _RECORD_COLUMNS)})
EXECUTE FUNCTION xero_sync_record_to_job()
""",
)
DROP_RECORD_TRIGGERS = (
    f"DROP TRIGGER IF EXISTS record_inserted ON {RECORD}",
    f"DROP TRIGGER IF EXISTS record_updated ON {RECORD}",
    "DROP FUNCTION IF EXISTS xero_sync_record_to_job",
)

# Code that does not know the old columns inserts jobs without them.
_DEFAULTED = [(job, empty) for job, _, empty in COLUMNS if empty != "NULL"]
SET_DEFAULTS = f"ALTER TABLE {JOB} {', '.join(f'ALTER {job} SET DEFAULT {empty}' for job, empty in _DEFAULTED)}"
DROP_DEFAULTS = f"ALTER TABLE {JOB} {', '.join(f'ALTER {job} DROP DEFAULT' for job, _ in _DEFAULTED)}"

# One step: the next jobs by key. A record that exists already is newer than what this statement has read. Each job is
# locked before its record is made, as the foreign key would lock it afterwards: a save that has locked the job first
# would wait for the record, and the step for the save.
CARRY_STEP = f"""
    WITH step AS (
        SELECT * FROM {JOB} WHERE id > %s ORDER BY id LIMIT %s FOR KEY SHARE
    ), carried AS (
        INSERT INTO {RECORD} ({_TARGETS})
        SELECT {_values("step")} FROM step WHERE {_is_known("step")}
        ON CONFLICT (job_id) DO NOTHING
    )
    SELECT max(id) FROM step
"""

# The way back: the next records by key, into their jobs' old columns. The job's trigger finds nothing changed then.
CARRY_BACK_STEP = f"""
    WITH step AS (
        SELECT * FROM {RECORD} WHERE job_id > %s ORDER BY job_id LIMIT %s
    ), carried AS (
        UPDATE {JOB} job SET {", ".join(f"{job} = step.{record}" for job, record, _ in COLUMNS)}
        FROM step WHERE job.id = step.job_id
            AND {_row("job", _JOB_COLUMNS)} IS DISTINCT FROM {_row("step", _RECORD_COLUMNS)}
    )
    SELECT max(job_id) FROM step
"""
