package io.hfeco2ai.sensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.hfeco2ai.sensor.Sampler.Tick;
import io.hfeco2ai.units.Boundary;
import io.hfeco2ai.units.DeviceKind;
import io.hfeco2ai.units.Quality;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SamplerTests {

    private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");
    private static final Device COUNTED = device("gpu-a");
    private static final Device POWERED = device("gpu-b");

    private final TwoClocks clocks = new TwoClocks();
    private final Scripted sensor = new Scripted();
    private final Sampler sampler = new Sampler(List.of(sensor), clocks, () -> clocks.nanos, Duration.ofSeconds(10));
    private final List<MeasuredInterval> closed = new ArrayList<>();

    @Test
    void aCounterBecomesOneIntervalPerFold() {
        for (int second = 0; second <= 20; second++) {
            sensor.counter = 5_000_000L + second * 100_000_000L;
            tick(second == 0 ? 0 : 1000);
        }
        List<MeasuredInterval> counted = of(COUNTED);
        assertThat(counted).hasSize(2);
        assertThat(counted.get(0))
                .isEqualTo(new MeasuredInterval(COUNTED, START, START.plusSeconds(10), 1_000_000_000L, 10_000, 0));
        assertThat(counted.get(1).start()).isEqualTo(counted.get(0).end());
        assertThat(counted.get(1).seq()).isEqualTo(1);
    }

    @Test
    void powersAreIntegratedByTheTrapezoid() {
        sensor.watts = 100.0;
        tick(0);
        sensor.watts = 200.0;
        tick(1000);
        sensor.watts = 200.0;
        cut(500);
        assertThat(of(POWERED)).singleElement().satisfies(interval -> {
            assertThat(interval.energyMicrojoules()).isEqualTo(250_000_000L);
            assertThat(interval.observedMillis()).isEqualTo(1500);
        });
    }

    @Test
    void aCommandShorterThanASecondIsTwoCuts() {
        sensor.counter = 1_000_000L;
        sensor.watts = 40.0;
        cut(0);
        assertThat(closed).isEmpty();
        sensor.counter = 3_000_000L;
        cut(50);
        assertThat(of(COUNTED).get(0).energyMicrojoules()).isEqualTo(2_000_000L);
        assertThat(of(POWERED).get(0).energyMicrojoules()).isEqualTo(2_000_000L);
        assertThat(of(POWERED).get(0).observedMillis()).isEqualTo(50);
    }

    @Test
    void aCounterThatFallsIsAResetAndAGap() {
        countedAt(0, 500_000_000L);
        countedAt(1000, 600_000_000L);
        countedAt(1000, 7_000_000L);
        sensor.counter = 57_000_000L;
        cut(1000);
        assertThat(sampler.counts().counterResets()).isEqualTo(1);
        assertThat(of(COUNTED))
                .extracting(MeasuredInterval::energyMicrojoules)
                .containsExactly(100_000_000L, 50_000_000L);
        assertThat(of(COUNTED)).extracting(MeasuredInterval::start).containsExactly(START, START.plusSeconds(2));
        assertThat(of(COUNTED))
                .extracting(MeasuredInterval::end)
                .containsExactly(START.plusSeconds(1), START.plusSeconds(3));
    }

    @Test
    void moreThanTheCapCanDeliverNeverBecomesEnergy() {
        countedAt(0, 0);
        countedAt(1000, 100_000_000L);
        countedAt(1000, 90_000_000_000L);
        sensor.counter = 90_100_000_000L;
        sensor.watts = 5000.0;
        cut(1000);
        assertThat(sampler.counts().implausible()).isEqualTo(2);
        assertThat(total(COUNTED)).isEqualTo(200_000_000L);
        assertThat(of(POWERED))
                .allSatisfy(interval -> assertThat(interval.energyMicrojoules()).isZero());
    }

    @Test
    void negativeReadingsAreCountedAndLeftOut() {
        countedAt(0, 100);
        sensor.counter = -5L;
        sensor.watts = -3.0;
        cut(1000);
        assertThat(sampler.counts().negative()).isEqualTo(2);
        assertThat(closed).isEmpty();
    }

    @Test
    void aSuspendClosesBeforeItAndCountsNothingAcrossIt() {
        countedAt(0, 0);
        countedAt(1000, 100_000_000L);
        clocks.wallMs += 3_600_000; // monotonic time stands still in a suspend
        countedAt(1000, 150_000_000L);
        sensor.counter = 250_000_000L;
        cut(1000);
        assertThat(sampler.counts().suspends()).isEqualTo(1);
        assertThat(of(COUNTED)).hasSize(2);
        assertThat(of(COUNTED).get(0).end()).isEqualTo(START.plusSeconds(1));
        assertThat(of(COUNTED).get(1).start()).isEqualTo(START.plusSeconds(3602));
        assertThat(total(COUNTED)).isEqualTo(200_000_000L);
    }

    @Test
    void aClockSetForwardOrBackIsAJump() {
        countedAt(0, 0);
        clocks.wallMs += 5_000;
        countedAt(1000, 100_000_000L);
        countedAt(1000, 200_000_000L);
        clocks.wallMs -= 60_000;
        countedAt(1000, 300_000_000L);
        sensor.counter = 400_000_000L;
        cut(1000);
        assertThat(sampler.counts().clockJumps()).isEqualTo(2);
        assertThat(total(COUNTED)).isEqualTo(200_000_000L);
        assertThat(of(COUNTED))
                .allSatisfy(interval -> assertThat(interval.end()).isAfter(interval.start()));
    }

    @Test
    void aCounterThatWasAwayBrieflyLosesNothing() {
        sensor.watts = 10.0;
        countedAt(0, 0);
        sensor.counter = null;
        tick(1000);
        tick(1000);
        sensor.counter = 300_000_000L;
        cut(1000);
        assertThat(sampler.counts().missedReadings()).isEqualTo(2);
        assertThat(of(COUNTED)).singleElement().satisfies(interval -> {
            assertThat(interval.energyMicrojoules()).isEqualTo(300_000_000L);
            assertThat(interval.observedMillis()).isEqualTo(3000);
        });
    }

    @Test
    void aCounterThatWasAwayTooLongStartsAnew() {
        countedAt(0, 0);
        sensor.counter = null;
        for (int i = 0; i < 70; i++) {
            tick(1000);
        }
        countedAt(1000, 5_000_000_000L);
        sensor.counter = 5_100_000_000L;
        cut(1000);
        assertThat(total(COUNTED)).isEqualTo(100_000_000L);
    }

    @Test
    void aMissedPowerLowersWhatWasObserved() {
        sensor.watts = 100.0;
        tick(0);
        tick(1000);
        sensor.watts = null;
        Tick missed = tick(1000);
        assertThat(missed.powers().get(1).watts()).isNaN();
        sensor.watts = 100.0;
        tick(1000);
        cut(1000);
        assertThat(of(POWERED)).singleElement().satisfies(interval -> {
            assertThat(interval.energyMicrojoules()).isEqualTo(200_000_000L);
            assertThat(interval.observedMillis()).isEqualTo(2000);
            assertThat(Duration.between(interval.start(), interval.end())).hasSeconds(4);
        });
    }

    @Test
    void nothingObservedIsNoIntervalRatherThanZero() {
        tick(0);
        for (int i = 0; i < 25; i++) {
            tick(1000);
        }
        cut(1000);
        assertThat(closed).isEmpty();
    }

    @Test
    void roundingNeverLosesEnergy() {
        sensor.watts = 1e-6 / 3; // a third of a microjoule a second
        tick(0);
        for (int i = 0; i < 3000; i++) {
            cut(1000);
        }
        assertThat((double) total(POWERED)).isCloseTo(1000, within(1.0));
    }

    @Test
    void whateverHappensEnergyIsSureAndIntervalsDoNotOverlap() {
        for (int seed = 0; seed < 200; seed++) {
            new SamplerTests().randomStory(new Random(seed));
        }
    }

    private void randomStory(Random random) {
        long counter = 0;
        long upperBound = 0;
        for (int i = 0; i < 300; i++) {
            long step = random.nextInt(1, 3000);
            long used = random.nextLong(0, 400_000) * step;
            counter += used;
            upperBound += used;
            int event = random.nextInt(40);
            counter = event == 0 ? 0 : counter;
            sensor.counter = event == 1 ? null : event == 2 ? counter + 9_000_000_000_000L : (Long) counter;
            sensor.watts =
                    event == 3 ? null : event == 4 ? -1.0 : event == 5 ? Double.NaN : (Double) random.nextDouble(400);
            clocks.wallMs += event == 6 ? 100_000 : 0;
            if (random.nextInt(10) == 0) {
                cut(step);
            } else {
                tick(step);
            }
        }
        cut(1);
        assertThat(total(COUNTED)).isLessThanOrEqualTo(upperBound);
        for (Device device : List.of(COUNTED, POWERED)) {
            Instant last = START;
            long seq = 0;
            for (MeasuredInterval interval : of(device)) {
                assertThat(interval.start()).isAfterOrEqualTo(last);
                assertThat(interval.end()).isAfter(interval.start());
                assertThat(interval.energyMicrojoules()).isNotNegative();
                assertThat(interval.observedMillis())
                        .isBetween(
                                0L,
                                Duration.between(interval.start(), interval.end())
                                        .toMillis());
                assertThat(interval.seq()).isEqualTo(seq++);
                last = interval.end();
            }
        }
    }

    private void countedAt(long afterMs, long microjoules) {
        sensor.counter = microjoules;
        tick(afterMs);
    }

    private Tick tick(long afterMs) {
        clocks.advance(afterMs);
        Tick tick = sampler.tick();
        closed.addAll(tick.closed());
        return tick;
    }

    private void cut(long afterMs) {
        clocks.advance(afterMs);
        closed.addAll(sampler.cut().closed());
    }

    private List<MeasuredInterval> of(Device device) {
        return closed.stream()
                .filter(interval -> interval.device().equals(device))
                .toList();
    }

    private long total(Device device) {
        return of(device).stream()
                .mapToLong(MeasuredInterval::energyMicrojoules)
                .sum();
    }

    private static Device device(String key) {
        return new Device(key, DeviceKind.GPU, key, Boundary.CHIP, Quality.MEASURED, "test", 0.05, 500, Double.NaN);
    }

    /** Says what the test wants; null is a gap. */
    private static final class Scripted implements Sensor {
        @Nullable Long counter;

        @Nullable Double watts;

        @Override
        public List<Device> devices() {
            return List.of(COUNTED, POWERED);
        }

        @Override
        public void read(ReadingSink sink) {
            if (counter == null) {
                sink.gap(COUNTED, "test");
            } else {
                sink.counter(COUNTED, counter);
            }
            if (watts == null) {
                sink.gap(POWERED, "test");
            } else {
                sink.power(POWERED, watts);
            }
        }
    }

    private static final class TwoClocks extends Clock {
        long wallMs = START.toEpochMilli();
        long nanos = 77_000_000_000L;

        void advance(long millis) {
            wallMs += millis;
            nanos += millis * 1_000_000;
        }

        @Override
        public long millis() {
            return wallMs;
        }

        @Override
        public Instant instant() {
            return Instant.ofEpochMilli(wallMs);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
