#!/usr/bin/env python3
"""Checks the figures of an evidence bundle with the standard library only: python3 verify.py bundle.zip

Written from methods.md in the bundle, without looking at the program that made it. It computes facility energy, emissions and
water of every hour again from energy, PUE, WUE and factors, adds the entries up and compares with report.json. It does not check
the signature; "java -jar hf-eco2ai.jar verify" does. Exit code: 0 all agrees, 1 something differs, 2 it cannot be read.
"""
import csv
import hashlib
import io
import json
import sys
import zipfile
from decimal import Decimal, ROUND_HALF_EVEN, getcontext

getcontext().prec = 60
UJ_PER_KWH = Decimal(3_600_000_000_000)
TOLERANCE = Decimal("0.001")  # kWh or kg
KEY = ("node_id run_id device_kind share_key quality boundary origin synthetic pue factor_id uncertainty_ppm method_version"
       " market_method market_factor_id certified_ppm certificate_factor_id wue").split()
AMOUNTS = "energy_uj facility_uj location_ug market_ug water_ul".split()
problems = []


def differs(where, what, expected, found):
    problems.append(f"{where}: {what}: expected {expected}, found {found}")


def rounded(amount):
    return int(amount.to_integral_value(ROUND_HALF_EVEN))


class Tally:
    def __init__(self):
        self.supplied = self.location = self.market = 0
        self.priced = self.market_priced = self.energy = 0

    def add(self, energy, facility, location, market):
        self.energy += energy
        self.supplied += energy if facility is None else facility
        if location is not None:
            self.location += location
            self.priced += energy
        either = location if market is None else market
        if either is not None:
            self.market += either
            self.market_priced += energy

    def kwh(self):
        return Decimal(self.supplied) / UJ_PER_KWH

    def location_kg(self):
        return Decimal(self.location) / 10**9 if self.priced else None

    def market_kg(self):
        return Decimal(self.market) / 10**9 if self.market_priced else None


def rows(bundle, name):
    with bundle.open(name) as raw:
        reader = csv.DictReader(io.TextIOWrapper(raw, "utf-8", newline=""), strict=True)
        for row in reader:
            yield reader.line_num, row


def whole(text):
    return int(text) if text else None


def per_kwh(microjoules, value):
    return rounded(microjoules * value * 10**6 / UJ_PER_KWH)


class Prices:
    """One hour at a time: an entry and its corrections are priced together."""

    def __init__(self, factors):
        self.factors = factors
        self.hour = None
        self.groups = {}

    def value(self, factor, place):
        found = self.factors.get((factor, ""), self.factors.get((factor, self.hour)))
        if found is None:
            differs(place, "factors.csv has no value for factor " + factor, "one", "none")
        return found

    def add(self, line, row):
        if row["hour_ms"] != self.hour:
            self.end()
            self.hour = row["hour_ms"]
        key = tuple(row[name] for name in KEY)
        amounts = [whole(row[name]) for name in AMOUNTS]
        if key in self.groups:
            sums = self.groups[key][2]
            for at, more in enumerate(amounts):
                sums[at] = None if more is None or sums[at] is None else sums[at] + more
        else:
            self.groups[key] = (line, row, amounts)

    def end(self):
        for line, row, sums in self.groups.values():
            place = f"entries.csv line {line}, entry {row['id']}"
            for name, expected, found in zip(AMOUNTS[1:], self.expected(row, sums[0], place), sums[1:]):
                if expected != found:
                    differs(place, name, expected, found)
        self.groups = {}

    def expected(self, row, energy, place):
        facility = None
        if row["quality"] != "MISSING":
            if row["boundary"] == "FACILITY":
                facility = energy
            elif row["pue"]:
                facility = rounded(energy * Decimal(row["pue"]))
        emitting = energy if facility is None else facility
        location = market = None
        if row["factor_id"]:
            value = self.value(row["factor_id"], place)
            location = None if value is None else per_kwh(emitting, value)
        if row["market_method"]:
            value = self.value(row["market_factor_id"], place)
            if value is not None and row["certificate_factor_id"]:
                certificate = self.value(row["certificate_factor_id"], place)
                part = Decimal(row["certified_ppm"]) / 10**6
                value = None if certificate is None else certificate * part + value * (1 - part)
            market = None if value is None else per_kwh(emitting, value)
        return facility, location, market, per_kwh(energy, Decimal(row["wue"])) if row["wue"] else None


def month(hour_ms):
    import datetime
    start = datetime.datetime(1970, 1, 1) + datetime.timedelta(milliseconds=int(hour_ms))
    return start.strftime("%Y-%m")


def compare(where, expected, found, unit):
    if expected is not None and unit in ("MWh", "tCO2e"):
        expected /= 1000
    tolerance = TOLERANCE / 1000 if unit in ("MWh", "tCO2e") else TOLERANCE
    if (expected is None) != (found is None) or expected is not None and abs(expected - found) > tolerance:
        differs("report.json", where, expected, found)


def check_report(report, tallies):
    by_category = tallies["category"]
    figures = {
        "Purchased electricity": ("SCOPE2", Tally.kwh),
        "Imported electricity": ("SCOPE2", Tally.kwh),
        "Energy of own operations: contribution of compute": ("SCOPE2", Tally.kwh),
        "Location-based emissions": ("SCOPE2", Tally.location_kg),
        "Emissions, location-based": ("SCOPE2", Tally.location_kg),
        "Gross Scope 2, location-based: contribution of compute": ("SCOPE2", Tally.location_kg),
        "Market-based emissions": ("SCOPE2", Tally.market_kg),
        "Emissions, market-based": ("SCOPE2", Tally.market_kg),
        "Gross Scope 2, market-based: contribution of compute": ("SCOPE2", Tally.market_kg),
        "Electricity of bought cloud computing": ("SCOPE3_PURCHASED", Tally.kwh),
        "Bought cloud computing: electricity, location-based": ("SCOPE3_PURCHASED", Tally.location_kg),
        "Electricity of servers in leased space": ("SCOPE3_LEASED", Tally.kwh),
        "Servers in leased space: electricity, location-based": ("SCOPE3_LEASED", Tally.location_kg),
    }
    beside = {"Scope 3, category 1": "SCOPE3_PURCHASED", "Scope 3, category 8": "SCOPE3_LEASED"}
    tables = {"By site": "site_id", "By month (UTC)": "month", "By team": "team_id", "Location-based factors": "factor_id"}
    columns = {"Electricity": Tally.kwh, "Location-based": Tally.location_kg, "Market-based": Tally.market_kg}
    compared = 0
    for section in report["sections"]:
        for figure in section["figures"]:
            known = figures.get(figure["label"])
            if figure["label"] == "Emissions of it, location-based":
                known = (beside[figure["code"]], Tally.location_kg)
            if known:
                tally = by_category.get(known[0], Tally())
                expected = known[1](tally)
                if expected is None and tally.energy == 0:
                    expected = Decimal(0)
                compare(figure["label"], expected, figure["amount"], figure["unit"])
                compared += 1
        for table in section["tables"]:
            if table["title"] not in tables:
                continue
            sums = sorted(tallies[tables[table["title"]]].items())
            if len(sums) != len(table["rows"]):
                differs("report.json", "rows of table " + table["title"], len(sums), len(table["rows"]))
                continue
            for (_, tally), cells in zip(sums, table["rows"]):
                for column, cell in zip(table["columns"], cells):
                    if column["name"] in columns:
                        where = f"{table['title']}, {cells[0]['text']}, {column['name']}"
                        compare(where, columns[column["name"]](tally), cell["amount"], column["unit"])
                        compared += 1
    return compared


def check_behind(report, behind, yearly):
    """Scope 3 category 3: Scope 2 electricity by zone and year x a yearly factor of basis upstream or t-and-d."""
    labels = {"upstream": "Upstream of the electricity: fuels and plants",
              "t-and-d": "Losses of the grid: transmission and distribution"}
    tables = [t for s in report["sections"] for t in s["tables"] if t["title"] == "Category 3 factors"]
    if not tables:
        return 0
    expected = [(key, basis, tally) for key, tally in sorted(behind.items()) for basis in labels]
    if len(expected) != len(tables[0]["rows"]):
        differs("report.json", "rows of table Category 3 factors", len(expected), len(tables[0]["rows"]))
        return 0
    sums = {}
    for (key, basis, tally), cells in zip(expected, tables[0]["rows"]):
        where = f"Category 3 factors, {key[0]}, {key[1]}, {basis}"
        found = (cells[0]["text"], cells[1]["text"], cells[2]["text"])
        if found != (key[0] or "no factor", key[1], basis):
            differs("report.json", where, key, found)
        compare(where + ", electricity", tally.kwh(), cells[6]["amount"], "kWh")
        grams = cells[3]["amount"]
        if grams is None:
            compare(where, None, cells[7]["amount"], "kgCO2e")
            continue
        if key[2] != "direct" or (key[0], cells[4]["text"], basis, grams) not in yearly:
            differs("report.json", where, "a factor of factors.csv beside a direct one", grams)
        kilograms = tally.kwh() * grams / 1000
        compare(where, kilograms, cells[7]["amount"], "kgCO2e")
        sums[basis] = sums.get(basis, 0) + kilograms
    figures = {f["label"]: f for s in report["sections"] for f in s["figures"]}
    for basis, label in labels.items():
        compare(label, sums.get(basis), figures[label]["amount"], figures[label]["unit"])
    return 2 * len(expected) + len(labels)


def main(path):
    with zipfile.ZipFile(path) as bundle:
        manifest = json.loads(bundle.read("manifest.json"))
        for listed in manifest["files"]:
            digest = hashlib.sha256()
            with bundle.open(listed["name"]) as raw:
                for piece in iter(lambda: raw.read(1 << 20), b""):
                    digest.update(piece)
            if digest.hexdigest() != listed["sha256"]:
                differs(listed["name"], "SHA-256", listed["sha256"], digest.hexdigest())
        factors = {(row["factor_id"], row["hour_ms"]): Decimal(row["g_per_kwh"]) for _, row in rows(bundle, "factors.csv")}
        origins, yearly = {}, set()
        for _, row in rows(bundle, "factors.csv"):
            origins[row["factor_id"]] = (row["zone"], row["basis"])
            if row["resolution"] == "YEAR":
                yearly.add((row["zone"], row["data_year"], row["basis"], Decimal(row["g_per_kwh"])))
        behind = {}
        prices = Prices(factors)
        tallies = {name: {} for name in ("category", "site_id", "month", "team_id", "factor_id")}
        count = 0
        for line, row in rows(bundle, "entries.csv"):
            prices.add(line, row)
            row["month"] = month(row["hour_ms"])
            amounts = [whole(row[name]) for name in AMOUNTS[:4]]
            if row["category"] == "SCOPE2":
                key = origins.get(row["factor_id"], ("", ""))
                behind.setdefault((key[0], row["month"][:4], key[1]), Tally()).add(*amounts)
            for name, sums in tallies.items():
                sums.setdefault(row[name], Tally()).add(*amounts)
            count += 1
        prices.end()
        report = json.loads(bundle.read("report.json"), parse_float=Decimal, parse_int=Decimal)
        compared = check_report(report, tallies) + check_behind(report, behind, yearly)
    for problem in problems[:200]:
        print("DIFFERS " + problem)
    print(f"{count} entries, {compared} amounts of the report, {len(problems)} differences")
    return 1 if problems else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: verify.py bundle.zip")
    try:
        sys.exit(main(sys.argv[1]))
    except (OSError, zipfile.BadZipFile, KeyError, ValueError, ArithmeticError, csv.Error, UnicodeError) as error:
        print(f"cannot be read: {error}", file=sys.stderr)
        sys.exit(2)
