package io.hfeco2ai.budgets.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import io.hfeco2ai.budgets.alerts.Crossings.Situation;
import io.hfeco2ai.budgets.alerts.Crossings.Step;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Each crossing begins exactly once, whatever the spend, the limit and the thresholds do. */
class CrossingsTests {

    private static Situation at(String used, String limit, Integer... thresholds) {
        return new Situation(new BigDecimal(used), new BigDecimal(limit), List.of(thresholds), null, 0.5);
    }

    private static Situation forecast(String used, double probability) {
        return new Situation(new BigDecimal(used), BigDecimal.valueOf(100), List.of(), probability, 0.5);
    }

    @Test
    void aThresholdIsCrossedWhenTheSpendReachesItAndNotBefore() {
        assertThat(Crossings.step(Set.of(), at("79.999999", "100", 80)).began()).isEmpty();
        assertThat(Crossings.step(Set.of(), at("80", "100", 80)).began()).containsExactly("80");
        assertThat(Crossings.step(Set.of("80"), at("95", "100", 80)).began()).isEmpty();
    }

    @Test
    void aSpendThatSwaysAroundTheThresholdCrossesItOnce() {
        Set<String> crossed = new HashSet<>();
        int began = 0;
        for (int i = 0; i < 20; i++) {
            Step step = Crossings.step(crossed, at(i % 2 == 0 ? "80.5" : "78.1", "100", 80));
            began += step.began().size();
            crossed.addAll(step.began());
            step.ended().forEach(crossed::remove);
        }
        assertThat(began).isEqualTo(1);
        assertThat(Crossings.step(crossed, at("77.9", "100", 80)).ended()).containsExactly("80");
    }

    @Test
    void aJumpOverSeveralThresholdsBeginsEachLowestFirst() {
        assertThat(Crossings.step(Set.of(), at("101", "100", 95, 80)).began()).containsExactly("80", "95", "100");
    }

    @Test
    void aRaisedLimitOrAThresholdTakenAwayEndsWhatItBegan() {
        assertThat(Crossings.step(Set.of("80", "100"), at("101", "200", 80)).ended())
                .containsExactly("80", "100");
        assertThat(Crossings.step(Set.of("80"), at("85", "100", 95)).ended()).containsExactly("80");
    }

    @Test
    void withoutAnyLimitLeftEverythingIsCrossed() {
        assertThat(Crossings.step(Set.of(), at("0", "0", 80)).began()).containsExactly("80", "100");
        assertThat(Crossings.step(Set.of("80", "100"), at("0", "-5", 80)).ended())
                .isEmpty();
    }

    @Test
    void aVeryLowThresholdIsArmedAgainBelowItsHalf() {
        assertThat(Crossings.step(Set.of("1"), at("0.6", "100", 1)).ended()).isEmpty();
        assertThat(Crossings.step(Set.of("1"), at("0.4", "100", 1)).ended()).containsExactly("1");
    }

    @Test
    void aForecastBreachBeginsAtHalfAndEndsTenPointsBelow() {
        assertThat(Crossings.step(Set.of(), forecast("10", 0.499)).began()).isEmpty();
        assertThat(Crossings.step(Set.of(), forecast("10", 0.5)).began()).containsExactly("forecast");
        assertThat(Crossings.step(Set.of("forecast"), forecast("10", 0.41)).ended())
                .isEmpty();
        assertThat(Crossings.step(Set.of("forecast"), forecast("10", 0.39)).ended())
                .containsExactly("forecast");
        assertThat(Crossings.step(Set.of(), forecast("100", 1)).began()).containsExactly("100");
        assertThat(Crossings.step(Set.of("forecast"), at("10", "100")).ended()).isEmpty();
    }

    /**
     * The oracle knows nothing of percentages that are multiplied: it keeps, for each threshold, whether the last of
     * "at or above" and "below by the margin" that was seen is the first.
     */
    @Test
    void inTenThousandRandomHistoriesEachCrossingBeginsExactlyOnce() {
        long crossings = 0;
        for (int seed = 0; seed < 10_000; seed++) {
            crossings += history(new SplittableRandom(seed), seed);
        }
        assertThat(crossings).as("the histories are worth something").isGreaterThan(10_000);
    }

    private static long history(SplittableRandom random, int seed) {
        Map<String, Boolean> oracle = new HashMap<>();
        long expected = 0;
        long seen = 0;
        Set<String> stored = new HashSet<>();
        int spend = 0;
        int limit = 1_000;
        List<Integer> thresholds = new ArrayList<>(List.of(80, 95));
        for (int move = 0; move < 40; move++) {
            switch (random.nextInt(8)) {
                case 0, 1, 2 -> spend += random.nextInt(250);
                case 3 -> spend = Math.max(0, spend - random.nextInt(200)); // an adjustment
                case 4 -> limit = Math.max(100, limit + random.nextInt(-300, 400));
                case 5 -> thresholds = random.nextBoolean() ? List.of(50, 80, 95) : List.of(80, 95);
                case 6 -> stored = new HashSet<>(stored); // a restart: only what is stored is known
                default -> {
                    if (random.nextInt(5) == 0) { // a new period
                        spend = 0;
                        stored.clear();
                        oracle.clear();
                    }
                }
            }
            expected += oracle(oracle, spend, limit, thresholds);
            for (int repeat = random.nextInt(3); repeat >= 0; repeat--) {
                Step step = Crossings.step(stored, at("" + spend, "" + limit, thresholds.toArray(Integer[]::new)));
                seen += step.began().size();
                stored.addAll(step.began());
                stored.removeAll(step.ended());
            }
            assertThat(seen).as("seed %d, move %d", seed, move).isEqualTo(expected);
        }
        return seen;
    }

    private static long oracle(Map<String, Boolean> above, int spend, int limit, List<Integer> thresholds) {
        Set<String> asked = new HashSet<>(Set.of("100"));
        thresholds.forEach(each -> asked.add(each.toString()));
        above.keySet().retainAll(asked);
        long began = 0;
        for (String each : asked) {
            double percent = 100.0 * spend / limit;
            int threshold = Integer.parseInt(each);
            boolean before = above.getOrDefault(each, false);
            if (!before && percent >= threshold) {
                above.put(each, true);
                began++;
            } else if (before && percent < threshold - 2) {
                above.put(each, false);
            }
        }
        return began;
    }
}
