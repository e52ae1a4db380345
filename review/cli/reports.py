"""``review report`` and ``review audit``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from review.cli.kit import PATH, Call, common, evaluate_again, existing_file
from review.text import many

if TYPE_CHECKING:
    from review.claims import Finding


@click.command()
@click.option(
    "--format", "formats", multiple=True, metavar="ENDING", help="Only files with this ending (svg, docx, …)."
)
@click.option(
    "--only",
    multiple=True,
    metavar="PART",
    help="Only flow, methods, results, summary, tables, plots, search_appendix, checklists, included, revman, or one"
    " table by its name.",
)
@click.option("--dpi", type=click.IntRange(72, 2400), help="Dots per inch of every PNG [default: 600].")
@common
def report(call: Call, formats: tuple[str, ...], only: tuple[str, ...], dpi: int | None) -> None:
    """Write diagram, tables, figures, texts and checklists to out/ (docs/reports.md)."""
    from review.stages import write_reports

    workspace = call.workspace()
    evaluate_again(call, workspace)
    built = write_reports(workspace, formats=formats or None, only=only or None, ppi=dpi)
    call.give(
        {
            "files": [{"path": path, "sha256": sha256} for path, sha256 in built.files],
            "warnings": list(built.warnings),
        }
    )
    out = workspace.folder / "out"
    whole = any(path == "index.html" for path, _ in built.files)
    call.say(f"{many(len(built.files), 'file')} written to {out}" + (f": open {out / 'index.html'}" if whole else ""))
    if not whole:
        call.say(*(f"  {stem}: {', '.join(endings)}" for stem, endings in _by_stem(built.files)))
    call.say(*(f"To look at: {warning}" for warning in built.warnings))


def _by_stem(files: Iterable[tuple[str, str]]) -> list[tuple[str, list[str]]]:
    stems: dict[str, list[str]] = {}
    for path, _ in files:
        stem, _, ending = path.rpartition(".")
        stems.setdefault(stem, []).append(ending)
    return list(stems.items())


@click.command()
@click.argument("file", type=PATH)
@click.option("--claims", type=PATH, help="Claims of the publication [default: as FILE says].")
@click.option("--out", type=PATH, help="Draw the numbers into this folder, in PRISMA's order and in the publication's.")
@common
def audit(call: Call, file: Path, claims: Path | None, out: Path | None) -> None:
    """Check a published set of flow numbers (TOML, or the CSV of the R package PRISMA2020) and claims."""
    from reports.build import build_published
    from reports.flow.audit import as_lines
    from reports.flow.audit import audit as check
    from reports.flow.prisma_csv import from_csv
    from reports.flow.published import Published, read_published

    data = existing_file(file)
    published = Published(file.name, from_csv(data), ()) if file.suffix.lower() == ".csv" else read_published(data)
    result = check(published)
    drawn = build_published(published, out) if out else ()
    beside = claims or (file.parent / published.claims if published.claims else None)
    findings = _findings(beside) if beside else ()
    call.give(
        {
            "identities": [asdict(one) for one in result.identities],
            "boxes": [{**asdict(box), "status": box.status} for box in result.boxes],
            "steps": [
                {**asdict(step), "parts": [{"label": part.label, "n": part.n} for part in step.parts]}
                for step in published.steps
            ],
            "findings": [asdict(finding) for finding in findings],
            "files": [{"path": path, "sha256": sha256} for path, sha256 in drawn],
        }
    )
    call.say(*as_lines(published, result))
    if beside:
        call.say("", f"{many(len(findings), 'contradiction')} in {beside.name}")
        call.say(*(f"  {finding.about}: {finding.what}" for finding in findings))
    if drawn:
        call.say("", f"{many(len(drawn), 'file')} written to {out}")


def _findings(path: Path) -> tuple[Finding, ...]:
    from review.claims import check_claims, read_claims

    return check_claims(*read_claims(existing_file(path)))
