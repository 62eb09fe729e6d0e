package io.hfeco2ai.cli.verify;

import io.hfeco2ai.cli.verify.Line.Column;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** The same entries added up in every way that a report divides them. */
final class Tallies {

    final Tally total = new Tally();
    final TreeMap<String, Tally> byCategory = new TreeMap<>();
    final TreeMap<String, Tally> bySite = new TreeMap<>();
    final TreeMap<String, Tally> byMonth = new TreeMap<>();
    final TreeMap<String, Tally> byTeam = new TreeMap<>();
    final TreeMap<String, Tally> byFactor = new TreeMap<>();
    /** Of Scope 2: factor, line feed, UTC year. */
    final TreeMap<String, Tally> scope2ByFactorYear = new TreeMap<>();
    /** Method, line feed, factor. */
    final TreeMap<String, Tally> byMarketFactor = new TreeMap<>();

    /** Of Scope 2: what runs claim. */
    final Tally scope2OfRuns = new Tally();
    /** Empty unless the report has a row for each run. */
    final Map<String, Tally> byRun = new HashMap<>();
    /** UTC day of booking, kind in lower case, reason; line feeds between. */
    final Map<String, Tally> byCorrection = new HashMap<>();

    final TreeSet<String> certificates = new TreeSet<>();
    private final boolean runs;
    private long monthOfHour = Long.MIN_VALUE;
    private String month = "";

    /** @param runs by run too */
    Tallies(boolean runs) {
        this.runs = runs;
    }

    void add(Line line) {
        long hour = line.number(Column.HOUR_MS);
        if (hour != monthOfHour) {
            monthOfHour = hour;
            month = Instant.ofEpochMilli(hour).toString().substring(0, 7);
        }
        total.add(line);
        add(byCategory, line.get(Column.CATEGORY), line);
        add(bySite, line.get(Column.SITE_ID), line);
        add(byMonth, month, line);
        add(byTeam, line.get(Column.TEAM_ID), line);
        String factor = line.get(Column.FACTOR_ID);
        add(byFactor, factor, line);
        if (line.get(Column.CATEGORY).equals("SCOPE2")) {
            add(scope2ByFactorYear, factor + '\n' + month.substring(0, 4), line);
            if (!line.get(Column.TEAM_ID).isEmpty()) {
                scope2OfRuns.add(line);
            }
        }
        if (runs && !line.get(Column.RUN_ID).isEmpty()) {
            add(byRun, line.get(Column.RUN_ID), line);
        }
        String state = line.get(Column.STATE);
        if (state.equals("ADJUSTMENT") || state.equals("RESTATEMENT")) {
            String day = Instant.ofEpochMilli(line.number(Column.RECORDED_MS))
                    .toString()
                    .substring(0, 10);
            add(byCorrection, day + '\n' + state.toLowerCase(Locale.ROOT) + '\n' + line.get(Column.REASON), line);
        }
        marketFactors(line, factor);
    }

    private void marketFactors(Line line, String factor) {
        String method = line.get(Column.MARKET_METHOD);
        if (!method.isEmpty()) {
            add(byMarketFactor, method + '\n' + line.get(Column.MARKET_FACTOR_ID), line);
            if (!line.get(Column.CERTIFICATE_FACTOR_ID).isEmpty()) {
                certificates.add(line.get(Column.CERTIFICATE_FACTOR_ID));
            }
        } else {
            add(byMarketFactor, factor.isEmpty() ? "\n" : "GRID_AVERAGE\n" + factor, line);
        }
    }

    private static void add(Map<String, Tally> tallies, String key, Line line) {
        tallies.computeIfAbsent(key, ignored -> new Tally()).add(line);
    }

    Tally category(String name) {
        return byCategory.getOrDefault(name, new Tally());
    }
}
