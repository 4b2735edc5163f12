from __future__ import annotations
def write_report(plan, outcome, cleaner, options):
    from cleaner.batch.jsontext import dumps
    from cleaner.batch.journal import write_whole
    write_whole(plan.account/"report.json", dumps(outcome.stats.to_json()).encode())
    return ""
