"""Drives a source with PyAirbyte, and prints what came of it as one line of JSON at the end."""
import json
import sys
from pathlib import Path

import airbyte
from airbyte.caches import DuckDBCache

executable, root, folder = sys.argv[1:]
source = airbyte.get_source(
    "source-file",
    config={"root": root, "streams": [{"name": "people", "paths": ["people-*.csv"]}]},
    local_executable=executable,
)
source.check()
told = {"streams": source.get_available_streams()}
source.select_all_streams()
cache = DuckDBCache(db_path=Path(folder) / "cache.duckdb")


def read(**options):
    """Reads into the cache: how many records came, and what is there then."""
    result = source.read(cache=cache, **options)
    rows = sorted((int(row["id"]), row["name"]) for row in result["people"])
    return {"processed": result.processed_records, "rows": rows}


told["first"] = read(write_strategy="append")
(Path(root) / "people-2.csv").write_text("id,name\n3,Edsger\n")
told["second"] = read(write_strategy="append")
told["third"] = read(write_strategy="append")
told["whole"] = read(force_full_refresh=True)
try:
    airbyte.get_source(
        "source-file", config={"paths": ["/no/such/file.csv"]}, local_executable=executable
    ).check()
except Exception as error:
    told["refused"] = type(error).__name__
print("\n" + json.dumps(told))
