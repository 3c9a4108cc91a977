"""What ``ringcast simulate`` says of the file it wrote."""

import json
from pathlib import Path

__all__ = ["summarise"]


def summarise(output: Path, *, json_output: bool) -> None:
    """Print what the file holds: events, mean charge and hits with the error of the mean, for each particle.

    A single event has no error: null in JSON.
    """
    import torch

    from ringcast.storage import EventStore

    store = EventStore.open(output)
    chunks = [store.hits(range(a, min(a + 200, len(store)))) for a in range(0, len(store), 200)]
    charge = torch.cat([hits.total_charge_pe for hits in chunks]).double()
    hit = torch.cat([hits.counts for hits in chunks]).double()
    rows = []
    for name in sorted(set(store.tracks.names)):
        own = torch.tensor([other == name for other in store.tracks.names])
        row: dict[str, str | int | float | None] = {"particle": name, "events": int(own.sum())}
        for key, values in (("charge_pe", charge[own]), ("hits", hit[own])):
            error = float(values.std()) / len(values) ** 0.5 if len(values) > 1 else None
            row |= {f"{key}_mean": float(values.mean()), f"{key}_error": error}
        rows.append(row)
    if json_output:
        print(json.dumps({"file": str(output), "particles": rows}))
        return
    print(f"wrote {output}")
    for row in rows:
        n = f"{row['events']} event{'s' * (row['events'] != 1)}"
        print(f"  {row['particle']}: {n}, {_mean(row, 'charge_pe')} pe, {_mean(row, 'hits')} hits")


def _mean(row: dict[str, str | int | float | None], key: str) -> str:
    error = row[f"{key}_error"]
    return f"{row[f'{key}_mean']:.1f}" + ("" if error is None else f" +- {error:.1f}")
