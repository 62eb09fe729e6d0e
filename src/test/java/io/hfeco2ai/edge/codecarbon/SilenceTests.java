package io.hfeco2ai.edge.codecarbon;

import static org.assertj.core.api.Assertions.assertThat;

import io.hfeco2ai.experiments.Experiments.Member;
import io.hfeco2ai.experiments.Experiments.Run;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.TestPropertySource;

/** No message says that a tracker's run is over: silence does, for as long as it lasts. */
@TestPropertySource(
        properties = {
            "hfeco2ai.codecarbon.silence=0s",
            "spring.datasource.url=jdbc:h2:mem:silence;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH"
        })
class SilenceTests extends CodeCarbonServer {

    @Autowired
    SilentRuns silent;

    private Run run(String id) {
        return experiments.find(id).orElseThrow();
    }

    @Test
    void aSilentRunEndsAtItsLastEmissionAndGoesOnWithALaterOne() {
        List<Recorded> recorded = Recorded.by("2.8.4");
        String id = start("/codecarbon/silent", recorded.get(0).body());
        emit("/codecarbon/silent", recorded.get(1).in(id));
        Instant last = ledger.lastReported(id).orElseThrow();

        silent.endSilent();
        assertThat(run(id).status()).isEqualTo("FINISHED");
        assertThat(run(id).endedAt()).isEqualTo(last);
        assertThat(experiments.detail(id).members()).extracting(Member::endedAt).containsExactly(last);
        double before = footprint(id).energy().joules();

        emit("/codecarbon/silent", recorded.get(1).in(id));
        assertThat(run(id).status()).as("a repetition is no news").isEqualTo("FINISHED");

        emit("/codecarbon/silent", recorded.get(2).in(id));
        assertThat(run(id).status()).isEqualTo("RUNNING");
        assertThat(experiments.detail(id).attempts()).hasSize(1);
        assertThat(experiments.detail(id).members()).extracting(Member::endedAt).containsOnlyNulls();
        assertThat(footprint(id).energy().joules()).isGreaterThan(before);
    }

    @Test
    void aRunThatNeverReportedEndsWhereItBegan() {
        String id = start("/codecarbon/mute", Recorded.by("2.8.4").get(0).body());
        silent.endSilent();
        assertThat(run(id).endedAt()).isEqualTo(run(id).startedAt());
    }

    @Test
    void whoeverStoppedARunIsBelieved() {
        List<Recorded> recorded = Recorded.by("3.0.8");
        String id = start("/codecarbon/stopped", recorded.get(0).body());
        emit("/codecarbon/stopped", recorded.get(1).in(id));
        experiments.finish(
                run(id).teamId(), id, "KILLED", ledger.lastReported(id).orElseThrow());
        emit("/codecarbon/stopped", recorded.get(2).in(id));
        assertThat(run(id).status()).isEqualTo("KILLED");
    }

    @Test
    void aProcessThatIsGoneIsNoSignOfAFailure() {
        List<Recorded> recorded = Recorded.by("3.0.8");
        String id = start("/codecarbon/gone", recorded.get(0).body());
        String member = experiments.detail(id).members().get(0).id();
        Instant seen =
                Objects.requireNonNull(run(id).startedAt()).plusSeconds(5).truncatedTo(ChronoUnit.MILLIS);
        experiments.lost(member, seen);
        assertThat(run(id).status()).isEqualTo("FINISHED");
        assertThat(run(id).endedAt()).isEqualTo(seen);
    }
}
