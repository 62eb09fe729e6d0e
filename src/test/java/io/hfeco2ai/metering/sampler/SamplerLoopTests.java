package io.hfeco2ai.metering.sampler;

import static org.assertj.core.api.Assertions.assertThat;

import io.hfeco2ai.metering.Metering.Batch;
import io.hfeco2ai.metering.Metering.IntervalReport;
import io.hfeco2ai.metering.Metering.Live;
import io.hfeco2ai.metering.Metering.Recorded;
import io.hfeco2ai.metering.live.LiveStream;
import io.hfeco2ai.metering.live.LiveView;
import io.hfeco2ai.sensor.Device;
import io.hfeco2ai.sensor.Host;
import io.hfeco2ai.sensor.ReadingSink;
import io.hfeco2ai.sensor.Sensor;
import io.hfeco2ai.sensor.Sensors.Selection;
import io.hfeco2ai.sensor.members.MemberSensors;
import io.hfeco2ai.sensor.members.MemberSensors.Gone;
import io.hfeco2ai.units.Boundary;
import io.hfeco2ai.units.DeviceKind;
import io.hfeco2ai.units.Quality;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.health.contributor.Status;
import org.springframework.dao.DataAccessResourceFailureException;
import tools.jackson.databind.json.JsonMapper;

class SamplerLoopTests {

    private static final long START_MS = 1_767_607_200_000L;
    private static final Device GPU = new Device(
            "GPU-1", DeviceKind.GPU, "A GPU", Boundary.CHIP, Quality.MEASURED, "nvml", 0.05, 700, Double.NaN);

    @TempDir
    Path root;

    private final FakeTime time = new FakeTime();
    private final List<Batch> recorded = new CopyOnWriteArrayList<>();
    private final LiveView live =
            new LiveView(new LiveStream(JsonMapper.builder().build()), new SimpleMeterRegistry(), time);
    private final List<Gone> gone = new CopyOnWriteArrayList<>();
    private final SamplerBacklog backlog = new SamplerBacklog(this::record);
    private final SamplerLoop loop = new SamplerLoop(this::open, live, backlog, false, time::nanos, this::lose);

    private volatile boolean databaseDown;
    private volatile boolean sensorsBroken;
    private int opened;

    /** Wall and monotonic time that move together when told. */
    private static final class FakeTime extends Clock {
        private volatile long ms = START_MS;

        long nanos() {
            return ms * 1_000_000;
        }

        @Override
        public Instant instant() {
            return Instant.ofEpochMilli(ms);
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

    /** 200 W, as an energy counter. */
    private final class FakeGpu implements Sensor {
        @Override
        public List<Device> devices() {
            return List.of(GPU);
        }

        @Override
        public void read(ReadingSink sink) {
            if (sensorsBroken) {
                throw new IllegalStateException("bus fell off");
            }
            sink.counter(GPU, (time.ms - START_MS) * 200_000);
        }
    }

    private MemberSensors open() {
        opened++;
        Host host = new Host("node-1", "boot-1", "box", "CPU", 1, 2, 2, 1, 1, false, false);
        return new MemberSensors(new Selection(host, List.of(new FakeGpu()), List.of()), root, time, time::nanos);
    }

    private Recorded record(Batch batch) {
        if (databaseDown) {
            throw new DataAccessResourceFailureException("disk full");
        }
        recorded.add(batch);
        return new Recorded(batch.intervals().size(), 0, List.of());
    }

    private void lose(Gone member) {
        gone.add(member);
    }

    private void process(long pid, String state, long startTicks) throws IOException {
        Path folder = Files.createDirectories(root.resolve("proc/" + pid));
        String before = " 1 1 1 0 -1 0 0 0 0 0 10 5 0 0 20 0 1 0 ";
        Files.writeString(folder.resolve("stat"), pid + " (train (x) y) " + state + before + startTicks + " 1 1\n");
    }

    @AfterEach
    void close() {
        loop.close();
    }

    private void seconds(int count) {
        for (int i = 0; i < count; i++) {
            time.ms += 1_000;
            loop.step();
        }
    }

    private void awaitDelivered() throws InterruptedException {
        CountDownLatch reached = new CountDownLatch(1);
        loop.later(reached::countDown);
        assertThat(reached.await(5, TimeUnit.SECONDS)).isTrue();
    }

    private List<IntervalReport> intervals() {
        return recorded.stream().flatMap(batch -> batch.intervals().stream()).toList();
    }

    @Test
    void secondsAreFoldedIntoIntervalsOfTenSeconds() throws Exception {
        loop.step();
        seconds(25);
        awaitDelivered();

        assertThat(intervals()).hasSize(2).allSatisfy(interval -> {
            assertThat(interval.endMs() - interval.startMs()).isEqualTo(10_000);
            assertThat(interval.energyUj()).isEqualTo(2_000_000_000L);
            assertThat(interval.source()).isEqualTo("nvml");
        });
        assertThat(recorded.get(0).origin()).isEqualTo("sampler");
        assertThat(loop.cost().ticks()).isEqualTo(26);
    }

    @Test
    void theLiveViewFollowsEachTick() {
        loop.step();
        seconds(3);

        Live now = live.of("node-1");
        assertThat(now.watts()).isEqualTo(200.0);
        assertThat(now.at()).isEqualTo(time.instant());
        assertThat(now.recent()).hasSize(4);
    }

    @Test
    void aFlushRecordsTheOpenIntervalAtOnce() {
        loop.step();
        seconds(3);
        loop.flush();

        assertThat(intervals())
                .singleElement()
                .satisfies(interval -> assertThat(interval.energyUj()).isEqualTo(600_000_000L));
    }

    @Test
    void stoppingRecordsTheLastPiece() {
        loop.step();
        seconds(4);
        loop.close();

        assertThat(intervals())
                .singleElement()
                .satisfies(interval -> assertThat(interval.energyUj()).isEqualTo(800_000_000L));
        assertThat(loop.measures("node-1", "boot-1")).isFalse();
    }

    @Test
    void whatTheDatabaseRefusesIsKeptAndRecordedLater() throws Exception {
        databaseDown = true;
        loop.step();
        for (int fold = 0; fold < 8; fold++) {
            seconds(10);
            awaitDelivered();
        }
        assertThat(recorded).isEmpty();
        assertThat(loop.state().backlog()).isEqualTo(8);
        assertThat(loop.state().error()).isEqualTo("disk full");
        assertThat(SamplerHealth.health(loop.state()).getStatus()).isEqualTo(Status.DOWN);

        databaseDown = false;
        loop.flush();
        assertThat(intervals().stream().mapToLong(IntervalReport::energyUj).sum())
                .isEqualTo(80 * 200_000_000L);
        assertThat(loop.state().backlog()).isZero();
        assertThat(loop.state().error()).isNull();
        assertThat(loop.state().dropped()).isZero();
    }

    @Test
    void theOldestIsLostAndCountedWhenTheDatabaseRefusesForTooLong() {
        databaseDown = true;
        loop.step();
        seconds(10 * (SamplerBacklog.MOST_BATCHES + 2));

        assertThat(loop.state().backlog()).isEqualTo(SamplerBacklog.MOST_BATCHES);
        assertThat(loop.state().dropped()).isEqualTo(2);
        databaseDown = false;
        loop.flush();
        assertThat(intervals()).hasSize(SamplerBacklog.MOST_BATCHES);
    }

    @Test
    void aBrokenSensorIsToldAndTriedAgain() {
        loop.step();
        seconds(2);
        sensorsBroken = true;
        seconds(11);
        assertThat(loop.state().error()).isEqualTo("bus fell off");
        assertThat(loop.state().secondsSinceTick()).isEqualTo(11.0);

        sensorsBroken = false;
        seconds(1);
        assertThat(loop.state().error()).isNull();
        assertThat(loop.state().secondsSinceTick()).isZero();
    }

    @Test
    void healthIsUpWhileTheThreadTicks() {
        loop.start();
        assertThat(SamplerHealth.health(loop.state()).getStatus()).isEqualTo(Status.UP);
        time.ms += 10_500;
        assertThat(new SamplerLoop.State(true, 10.5, 0, 0, null))
                .satisfies(state ->
                        assertThat(SamplerHealth.health(state).getStatus()).isEqualTo(Status.DOWN));
        loop.close();
        assertThat(SamplerHealth.health(loop.state()).getStatus()).isEqualTo(Status.DOWN);
    }

    @Test
    void aNewCalibrationEndsTheIntervalAndOpensTheSensorsAgain() throws Exception {
        loop.step();
        seconds(3);
        loop.reopen();
        seconds(2);
        loop.flush();

        assertThat(opened).isEqualTo(2);
        assertThat(intervals().get(0).energyUj()).isEqualTo(600_000_000L);
        assertThat(intervals().get(0).endMs())
                .isLessThanOrEqualTo(intervals().get(1).startMs());
    }

    @Test
    void aMembersStartCutsTheInterval() throws Exception {
        loop.step();
        seconds(3);
        loop.track("member-1", 4711, null);
        seconds(2);
        loop.untrack("member-1");
        loop.untrack("member-1");
        loop.flush();

        assertThat(intervals()).extracting(IntervalReport::energyUj).containsExactly(600_000_000L, 400_000_000L);
    }

    @Test
    void aMemberWhoseProcessIsGoneForHalfAMinuteIsToldWithTheTimeItWasLastSeen() throws Exception {
        process(4711, "R", 99);
        loop.step();
        assertThat(loop.track("member-1", 4711, null)).isTrue();
        seconds(5);
        Instant lastSeen = time.instant();
        process(4711, "Z", 99);
        seconds(29);
        awaitDelivered();
        assertThat(gone).isEmpty();
        seconds(12);
        awaitDelivered();
        assertThat(gone).contains(new Gone("member-1", lastSeen));
        loop.untrack("member-1");
        gone.clear();
        seconds(30);
        awaitDelivered();
        assertThat(gone).isEmpty();
    }

    @Test
    void anotherProcessOfTheSameNumberIsNotTheMembers() throws Exception {
        process(4711, "R", 99);
        loop.step();
        loop.track("member-1", 4711, null);
        seconds(2);
        process(4711, "R", 100);
        seconds(45);
        awaitDelivered();
        assertThat(gone).isNotEmpty();
    }

    @Test
    void aProcessThatWasNeverSeenIsNotSaidToBeGoneButOneSeenBeforeARestartIs() throws Exception {
        loop.step();
        assertThat(loop.track("elsewhere", 4711, null)).isFalse();
        Instant before = time.instant().minusSeconds(100);
        loop.track("seen-before", 4712, before);
        seconds(45);
        awaitDelivered();
        assertThat(gone)
                .contains(new Gone("seen-before", before))
                .noneMatch(one -> one.memberId().equals("elsewhere"));
    }
}
