"""arXiv in miniature."""

from __future__ import annotations

from tests.searches.miniatures.kit import Asked, Miniature, Server, title


def anywhere(*words: str) -> str:
    return " OR ".join(f"(ti:{word} OR abs:{word})" for word in words)


BOTH = f"{anywhere('Ment')} AND ({anywhere('doctor', 'medic', 'physician')})"
EFFECTS = anywhere("benefit", "advantag", "barrier", "impact", "disadvantag", "challeng")
SUBMITTED = "submittedDate:[200601010000 TO 201601312359]"
QUERIES = {
    "q1": f"""{BOTH} AND ({anywhere("health", '"well-being"')}) AND {SUBMITTED}""",
    "q2": f"{BOTH} AND ({EFFECTS}) AND {SUBMITTED}",
}


def answer(server: Server, asked: Asked) -> bytes:
    first, size = int(asked.params["start"]), int(asked.params["max_results"])
    numbers = range(first + 1, min(first + size, server.count) + 1)
    return (
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">'
        f"<opensearch:totalResults>{server.count + server.extra}</opensearch:totalResults>"
        + "".join(map(entry, numbers))
        + "</feed>"
    ).encode()


def entry(n: int) -> str:
    return (
        f"<entry><id>http://arxiv.org/abs/1405.{1000 + n}v1</id><title>{title(n)}</title>"
        "<published>2014-05-01T00:00:00Z</published></entry>"
    )


MINIATURE = Miniature(
    answer=answer,
    queries=QUERIES,
    parameters=frozenset({"search_query", "start", "max_results", "sortBy", "sortOrder"}),
    text=lambda asked: asked.params["search_query"],
    losing=(b"<id>http://arxiv.org/abs/1405.1002v1</id>",),
)
