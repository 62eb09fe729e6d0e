package io.hfeco2ai.cli.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hfeco2ai.cli.agent.AgentSpool.Group;
import io.hfeco2ai.cli.agent.Segment.Record;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentSpoolTests {

    private static final long PLENTY = 10_000_000;

    @TempDir
    Path folder;

    private static Record record(int number) {
        return new Record(2, 3, "\"node\":\"n\"", "{\"m\":" + number + "},{\"m\":\"ä\\t\"}", "{\"u\":1}");
    }

    private static Group next(AgentSpool spool) throws IOException {
        return Objects.requireNonNull(spool.next(1000, 4));
    }

    private List<Path> segments() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Segment::isSegment).sorted().toList();
        }
    }

    @Test
    void whatWasAppendedComesBackInOrderAfterAKill() throws IOException {
        try (AgentSpool spool = AgentSpool.open(folder, PLENTY)) {
            for (int i = 0; i < 10; i++) {
                spool.append(record(i));
            }
            spool.taken(next(spool));
            assertThat(spool.waiting()).isEqualTo(12);
        }
        // As after a kill in the middle of writing.
        Files.writeString(segments().get(0), "1f\t2\t3\t\"node", StandardOpenOption.APPEND);
        try (AgentSpool spool = AgentSpool.open(folder, PLENTY)) {
            spool.append(record(10));
            List<Record> back = new ArrayList<>();
            for (Group group = spool.next(1000, 4); group != null; group = spool.next(1000, 4)) {
                back.addAll(group.records());
                spool.taken(group);
            }
            assertThat(back)
                    .containsExactly(record(4), record(5), record(6), record(7), record(8), record(9), record(10));
            assertThat(spool.waiting()).isZero();
            assertThat(spool.dropped()).isZero();
            assertThat(segments()).hasSize(1);
        }
    }

    @Test
    void withoutItsPositionEverythingIsSentAgain() throws IOException {
        try (AgentSpool spool = AgentSpool.open(folder, PLENTY)) {
            spool.append(record(0));
            spool.taken(next(spool));
        }
        Files.writeString(folder.resolve("position"), "nonsense");
        try (AgentSpool spool = AgentSpool.open(folder, PLENTY)) {
            assertThat(next(spool).records()).containsExactly(record(0));
        }
    }

    @Test
    void aDamagedRecordIsPassedOverAndTheRestIsKept() throws IOException {
        try (AgentSpool spool = AgentSpool.open(folder, PLENTY)) {
            spool.append(record(0));
            spool.append(record(1));
        }
        Path file = segments().get(0);
        Files.writeString(file, Files.readString(file).replaceFirst("\"m\":0", "\"m\":9"), StandardCharsets.UTF_8);
        try (AgentSpool spool = AgentSpool.open(folder, PLENTY)) {
            assertThat(next(spool).records()).containsExactly(record(1));
        }
    }

    @Test
    void theOldestAreGivenUpWhenThereIsNoMoreRoomAndAreCounted() throws IOException {
        long limit = 1_280_000;
        int appended = 0;
        try (AgentSpool spool = AgentSpool.open(folder, limit)) {
            Record large = new Record(5, 5, "\"node\":\"n\"", "{\"m\":\"" + "x".repeat(5000) + "\"}", "");
            for (; appended < 500; appended++) {
                spool.append(large);
            }
            assertThat(spool.bytes()).isBetween(limit / 2, limit);
            assertThat(spool.dropped()).isPositive();
            assertThat(spool.dropped() + spool.waiting()).isEqualTo(appended * 5L);
        }
        try (AgentSpool again = AgentSpool.open(folder, limit)) {
            assertThat(again.dropped() + again.waiting()).isEqualTo(appended * 5L);
        }
    }

    @Test
    void callsHoldRecordsOfOneNodeAndBootAndNotTooManyRows() throws IOException {
        Record otherBoot = new Record(2, 2, "\"node\":\"n\",\"boot\":2", "{}", "");
        try (AgentSpool spool = AgentSpool.open(folder, PLENTY)) {
            spool.append(record(0));
            spool.append(record(1));
            spool.append(otherBoot);
            assertThat(next(spool).records()).containsExactly(record(0), record(1));
            assertThat(Objects.requireNonNull(spool.next(5, 4)).records()).containsExactly(record(0));
            assertThat(Objects.requireNonNull(spool.next(1, 4)).records()).containsExactly(record(0));
            spool.refused(Objects.requireNonNull(spool.next(1, 1)));
            assertThat(spool.dropped()).isEqualTo(2);
            spool.taken(next(spool));
            assertThat(next(spool).records()).containsExactly(otherBoot);
        }
    }

    @Test
    void twoAgentsCannotShareAFolder() throws IOException {
        try (AgentSpool spool = AgentSpool.open(folder, PLENTY)) {
            assertThatThrownBy(() -> AgentSpool.open(folder, PLENTY))
                    .isInstanceOf(AgentSpool.InUse.class)
                    .hasMessageContaining("--spool");
            assertThat(spool.waiting()).isZero();
        }
    }
}
