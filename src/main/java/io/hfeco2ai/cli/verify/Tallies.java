package io.hfeco2ai.cli.verify;

import io.hfeco2ai.cli.verify.Line.Column;
import java.time.Instant;
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

    final TreeSet<String> certificates = new TreeSet<>();
    private long monthOfHour = Long.MIN_VALUE;
    private String month = "";

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
        }
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
