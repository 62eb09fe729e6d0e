package io.hfeco2ai.edge.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hfeco2ai.experiments.Experiments;
import io.hfeco2ai.experiments.Experiments.Claim;
import io.hfeco2ai.experiments.Experiments.JoinedRun;
import io.hfeco2ai.experiments.Experiments.NewMember;
import io.hfeco2ai.experiments.Experiments.RunSearch;
import io.hfeco2ai.experiments.Experiments.StartRun;
import io.hfeco2ai.platform.NotFound;
import io.hfeco2ai.teams.Teams;
import io.hfeco2ai.testing.RunningServer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** One execution that several clients tell of is one run. */
class JoinedRunsTests extends RunningServer {

    private static final Instant START =
            Instant.now().truncatedTo(ChronoUnit.HOURS).minus(2, ChronoUnit.HOURS);

    @Autowired
    Experiments experiments;

    @Autowired
    Teams teams;

    private String team() {
        return teams.defaultTeam().id();
    }

    private String start(String client, String node, @Nullable Long pid, double afterMinutes) {
        Instant at = START.plusSeconds(Math.round(afterMinutes * 60));
        return experiments
                .start(new StartRun(
                        team(),
                        "joined",
                        client,
                        client,
                        null,
                        null,
                        at,
                        Map.of(),
                        Map.of(),
                        false,
                        new NewMember(node, "boot", 0, pid, List.of(), at),
                        client))
                .run()
                .id();
    }

    private void finish(String run, double afterMinutes) {
        experiments.finish(team(), run, "FINISHED", START.plusSeconds(Math.round(afterMinutes * 60)));
    }

    private List<Claim> claims(String node) {
        return experiments.claims(
                node, START.toEpochMilli(), START.plus(2, ChronoUnit.HOURS).toEpochMilli());
    }

    @Test
    void theSameProcessThroughTwoClientsIsTheRunOfTheRicherOne() {
        String codecarbon = start("codecarbon/3.3.0", "same-process", 7L, 0);
        String mlflow = start("mlflow/3.1.0", "same-process", 7L, 1);
        start("mlflow/3.1.0", "same-process", 8L, 1);

        assertThat(experiments.detail(codecarbon).joinedInto())
                .isEqualTo(new JoinedRun(mlflow, "mlflow/3.1.0", "mlflow/3.1.0", "same process"));
        assertThat(experiments.detail(mlflow).joined())
                .extracting(JoinedRun::id)
                .containsExactly(codecarbon);
        assertThat(experiments
                        .search(new RunSearch(null, null, null, null, codecarbon, 0, 10))
                        .total())
                .as("lists show one execution once")
                .isZero();
        assertThat(claims("same-process"))
                .filteredOn(claim -> claim.runId().equals(mlflow))
                .extracting(Claim::startMs)
                .as("the minute before, and its own")
                .containsExactly(START.toEpochMilli(), START.plusSeconds(60).toEpochMilli());
        assertThat(claims("same-process")).noneMatch(claim -> claim.runId().equals(codecarbon));
    }

    @Test
    void nearlyTheSameTimeOnANodeIsOneExecution() {
        String mlflow = start("mlflow/3.1.0", "same-time", null, 0);
        String codecarbon = start("codecarbon/3.3.0", "same-time", null, 1);
        String another = start("codecarbon/3.3.0", "same-time", null, 30);
        finish(mlflow, 60);
        finish(codecarbon, 59);
        finish(another, 60);

        assertThat(experiments.detail(mlflow).joined())
                .containsExactly(new JoinedRun(
                        codecarbon, "codecarbon/3.3.0", "codecarbon/3.3.0", "same node and project, 97 % of the time"));
        assertThat(experiments.detail(another).joinedInto()).isNull();
    }

    @Test
    void twoRunsOfOneToolAreNeverOne() {
        String one = start("mlflow/3.1.0", "same-tool", null, 0);
        String other = start("mlflow/3.1.0", "same-tool", null, 0);
        finish(one, 60);
        finish(other, 60);

        assertThat(experiments.detail(one).joined()).isEmpty();
        assertThat(experiments.detail(other).joined()).isEmpty();
    }

    @Test
    void aCutIsForEver() {
        String mlflow = start("mlflow/3.1.0", "cut", 9L, 0);
        String codecarbon = start("codecarbon/3.3.0", "cut", 9L, 0);
        experiments.cut(team(), codecarbon);
        finish(mlflow, 60);
        finish(codecarbon, 60);

        assertThat(experiments.detail(codecarbon).joinedInto()).isNull();
        assertThat(claims("cut")).extracting(Claim::runId).containsExactlyInAnyOrder(mlflow, codecarbon);
        assertThatThrownBy(() -> experiments.cut(team(), codecarbon)).isInstanceOf(NotFound.class);
    }
}
