"""The subheadings of MeSH: names, and the two-letter codes that Ovid, EBSCOhost and PubMed write. No headings here."""

from __future__ import annotations

from review.text import fold

QUALIFIERS: dict[str, str] = {
    "ab": "abnormalities", "ad": "administration & dosage", "ae": "adverse effects", "ag": "agonists",
    "ah": "anatomy & histology", "ai": "antagonists & inhibitors", "an": "analysis", "bi": "biosynthesis",
    "bl": "blood", "bs": "blood supply", "cf": "cerebrospinal fluid", "ch": "chemistry", "ci": "chemically induced",
    "cl": "classification", "cn": "congenital", "co": "complications", "cs": "chemical synthesis", "cy": "cytology",
    "de": "drug effects", "df": "deficiency", "dg": "diagnostic imaging", "dh": "diet therapy", "di": "diagnosis",
    "dt": "drug therapy", "ec": "economics", "ed": "education", "eh": "ethnology", "em": "embryology",
    "en": "enzymology", "ep": "epidemiology", "es": "ethics", "et": "etiology", "gd": "growth & development",
    "ge": "genetics", "hi": "history", "im": "immunology", "in": "injuries", "ip": "isolation & purification",
    "ir": "innervation", "is": "instrumentation", "lj": "legislation & jurisprudence", "me": "metabolism",
    "mi": "microbiology", "mo": "mortality", "mt": "methods", "nu": "nursing", "og": "organization & administration",
    "pa": "pathology", "pc": "prevention & control", "pd": "pharmacology", "ph": "physiology",
    "pk": "pharmacokinetics", "po": "poisoning", "pp": "physiopathology", "ps": "parasitology", "px": "psychology",
    "py": "pathogenicity", "re": "radiation effects", "rh": "rehabilitation", "rt": "radiotherapy",
    "sd": "supply & distribution", "se": "secretion", "sn": "statistics & numerical data", "st": "standards",
    "su": "surgery", "td": "trends", "th": "therapy", "tm": "transmission", "to": "toxicity",
    "tr": "transplantation", "tu": "therapeutic use", "ul": "ultrastructure", "ur": "urine", "ut": "utilization",
    "ve": "veterinary", "vi": "virology",
}  # fmt: skip
"""https://www.nlm.nih.gov/mesh/qualifiers_scopenotes.html; CINAHL's own codes mean the same where they agree."""

_SPELLED = {fold(name): name for name in QUALIFIERS.values()}


def qualifier(written: str) -> str:
    """Give the full name of a subheading from its name or code; one that is not known stays as it is, in lower case.

    >>> qualifier("DT"), qualifier("Administration and Dosage"), qualifier("no such thing")
    ('drug therapy', 'administration & dosage', 'no such thing')
    """
    name = " ".join(written.replace('"', " ").casefold().split())
    return QUALIFIERS.get(name) or _SPELLED.get(fold(name.replace(" and ", " ")), name)
