package io.hfeco2ai.grid.factors;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The first row of a file of factors: names of columns, with the unit in the name. */
record FactorColumns(List<String> names) {

    private static final Set<String> NEEDED = Set.of("zone", "from", "g_per_kwh");
    private static final String KNOWN = "zone, from, g_per_kwh and, if you like, estimated";

    /** How to get to grams per kilowatt-hour from what a column's name says. */
    private static final Map<String, String> OTHER_UNITS = Map.of(
            "kg_per_mwh", "1 kg/MWh is 1 g/kWh: name the column g_per_kwh",
            "t_per_mwh", "multiply by 1000 and name the column g_per_kwh",
            "kg_per_kwh", "multiply by 1000 and name the column g_per_kwh",
            "lb_per_mwh", "multiply by 0.45359237 and name the column g_per_kwh",
            "g_per_mwh", "divide by 1000 and name the column g_per_kwh",
            "g_per_mj", "multiply by 3.6 and name the column g_per_kwh");

    interface Mistakes {
        void add(int row, String column, String message);
    }

    static FactorColumns of(String line, Mistakes mistakes) {
        List<String> names = split(line);
        Set<String> seen = new HashSet<>();
        for (String name : names) {
            String cure = OTHER_UNITS.get(name);
            if (cure != null) {
                mistakes.add(1, name, "The unit is another one: " + cure + ".");
            } else if (!NEEDED.contains(name) && !name.equals("estimated")) {
                mistakes.add(1, clipped(name), "Unknown column: the columns are " + KNOWN + ", with commas between.");
            } else if (!seen.add(name)) {
                mistakes.add(1, name, "The column stands there twice: keep one.");
            }
        }
        for (String needed : NEEDED) {
            if (!names.contains(needed)) {
                mistakes.add(1, needed, "The column is missing: the columns are " + KNOWN + ", with commas between.");
            }
        }
        return new FactorColumns(names);
    }

    private static String clipped(String name) {
        return name.length() > 40 ? name.substring(0, 40) + "…" : name;
    }

    /** By column; empty where the row has more or fewer fields. */
    Map<String, String> fields(String line) {
        List<String> fields = split(line);
        Map<String, String> named = new HashMap<>();
        if (fields.size() == names.size()) {
            for (int i = 0; i < fields.size(); i++) {
                named.put(names.get(i), fields.get(i));
            }
        }
        return named;
    }

    private static List<String> split(String line) {
        List<String> fields = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                fields.add(field.toString().strip());
                field.setLength(0);
            } else {
                field.append(c);
            }
        }
        fields.add(field.toString().strip());
        return fields;
    }
}
