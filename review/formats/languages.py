"""Names and short codes of languages to ISO 639-2 (bibliographic codes, as MEDLINE uses them). A table, no logic."""

from __future__ import annotations

# Source: https://www.loc.gov/standards/iso639-2/php/code_list.php, checked 2026-11-22.
_ROWS = """
afr af afrikaans | alb sq albanian sqi | amh am amharic | ara ar arabic | arm hy armenian hye | aze az azerbaijani
baq eu basque eus | bel be belarusian | ben bn bengali | bos bs bosnian | bul bg bulgarian | bur my burmese mya
cat ca catalan | chi zh chinese zho mandarin | cze cs czech ces | dan da danish | dut nl dutch nld flemish
eng en english | epo eo esperanto | est et estonian | fin fi finnish | fre fr french fra | geo ka georgian kat
ger de german deu | gle ga irish | glg gl galician | gre el greek ell | guj gu gujarati | heb he hebrew | hin hi hindi
hrv hr croatian | hun hu hungarian | ice is icelandic isl | ind id indonesian | ita it italian | jpn ja japanese
kan kn kannada | kaz kk kazakh | khm km khmer | kor ko korean | lat la latin | lav lv latvian | lit lt lithuanian
mac mk macedonian mkd | mal ml malayalam | mao mi maori mri | mar mr marathi | may ms malay msa | mon mn mongolian
mul - multiple | nep ne nepali | nor no norwegian nb nn | per fa persian fas farsi | pol pl polish | por pt portuguese
rum ro romanian ron moldavian | rus ru russian | sin si sinhala | slo sk slovak slk | slv sl slovenian | som so somali
spa es spanish castilian | srp sr serbian | swa sw swahili | swe sv swedish | tam ta tamil | tel te telugu
tha th thai | tur tr turkish | ukr uk ukrainian | und - undetermined | urd ur urdu | uzb uz uzbek | vie vi vietnamese
wel cy welsh cym | zul zu zulu
"""

CODES: dict[str, str] = {
    name: row.split()[0] for row in _ROWS.replace("\n", "|").split("|") if row.strip() for name in row.split()
}
"""Lower-case name, two-letter or three-letter code to the bibliographic three-letter code."""
del CODES["-"]


def language(value: str) -> str:
    """Give the ISO 639-2 code of a language, or the value as it is when it is not in the table.

    >>> language("English"), language("en-US"), language("fra"), language("Klingon")
    ('eng', 'eng', 'fre', 'Klingon')
    """
    name = value.casefold()
    return CODES.get(name) or CODES.get(name.replace("_", "-").split("-", 1)[0].strip()) or value
