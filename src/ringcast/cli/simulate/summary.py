"""What ``ringcast simulate`` says of the file it wrote."""

import json
from pathlib import Path

__all__ = ["summarise"]


def summarise(output: Path, *, json_output: bool) -> None:
    """Print what the file holds: events, mean charge and hits with the error of the mean, for each particle."""
    import torch

    from ringcast.storage import EventStore

    store = EventStore.open(output)
    chunks = [store.hits(range(a, min(a + 200, len(store)))) for a in range(0, len(store), 200)]
    charge = torch.cat([hits.total_charge_pe for hits in chunks]).double()
    hit = torch.cat([hits.counts for hits in chunks]).double()
    rows = []
    for name in sorted(set(store.tracks.names)):
        own = torch.tensor([other == name for other in store.tracks.names])
        row: dict[str, str | int | float] = {"particle": name, "events": int(own.sum())}
        for key, values in (("charge_pe", charge[own]), ("hits", hit[own])):
            spread = float(values.std()) if len(values) > 1 else float("nan")
            row |= {f"{key}_mean": float(values.mean()), f"{key}_error": spread / len(values) ** 0.5}
        rows.append(row)
    if json_output:
        print(json.dumps({"file": str(output), "particles": rows}))
        return
    print(f"wrote {output}")
    for row in rows:
        charge_text = f"{row['charge_pe_mean']:.1f} +- {row['charge_pe_error']:.1f} pe"
        hits_text = f"{row['hits_mean']:.1f} +- {row['hits_error']:.1f} hits"
        print(f"  {row['particle']}: {row['events']} events, {charge_text}, {hits_text}")
