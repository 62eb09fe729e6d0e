package io.hfeco2ai.ledger;

import io.hfeco2ai.ledger.Ledger.Question;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowCallbackHandler;

/** Highest and mean power of a run with its children over all nodes, from its profiles of 10 s pieces. */
final class RunPower {

    static final RunPower NONE = new RunPower();

    /** About a hundred days of a run with four kinds of devices on one node; 14 MB. */
    private static final int MOST_PROFILES = 10_000;

    private static final int BUCKETS = 360;

    /** Of the hour that is being read: the sum over nodes, runs and kinds; NaN where nothing was observed. */
    private final double[] hour = new double[BUCKETS];

    private long hourMs = Long.MIN_VALUE;
    private int rows;
    private double peak = Double.NaN;
    private double sum;
    private long observed;

    private RunPower() {
        Arrays.fill(hour, Double.NaN);
    }

    static RunPower of(JdbcTemplate jdbc, Question question) {
        if (question.runId() == null) {
            return NONE;
        }
        RunPower power = new RunPower();
        RowCallbackHandler adding = row -> power.add(row.getLong(1), row.getBytes(2));
        jdbc.query(
                LedgerQuery.TREE.formatted("?")
                        + "SELECT p.hour_ms, p.watts FROM tree JOIN hour_profile p ON p.run_id = tree.run_id"
                        + " JOIN run r ON r.id = tree.run_id WHERE p.hour_ms >= ? AND p.hour_ms < ? AND (? OR NOT r.synthetic)"
                        + " ORDER BY p.hour_ms LIMIT " + (MOST_PROFILES + 1),
                adding,
                question.runId(),
                question.fromMs() == null ? Long.MIN_VALUE : question.fromMs(),
                question.toMs() == null ? Long.MAX_VALUE : question.toMs(),
                question.synthetic());
        power.endHour();
        return power.rows > MOST_PROFILES ? NONE : power;
    }

    private void add(long atMs, byte[] profile) {
        if (atMs != hourMs) {
            endHour();
            hourMs = atMs;
        }
        rows++;
        var watts = ByteBuffer.wrap(profile).asFloatBuffer();
        for (int i = 0; i < BUCKETS; i++) {
            float one = watts.get(i);
            if (!Float.isNaN(one)) {
                hour[i] = Double.isNaN(hour[i]) ? one : hour[i] + one;
            }
        }
    }

    private void endHour() {
        for (double watts : hour) {
            if (!Double.isNaN(watts)) {
                peak = Double.isNaN(peak) ? watts : Math.max(peak, watts);
                sum += watts;
                observed++;
            }
        }
        Arrays.fill(hour, Double.NaN);
    }

    @Nullable Double peakWatts() {
        return observed == 0 ? null : peak;
    }

    @Nullable Double meanWatts() {
        return observed == 0 ? null : sum / observed;
    }
}
