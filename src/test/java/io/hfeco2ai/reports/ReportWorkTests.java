package io.hfeco2ai.reports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.csrf;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.user;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;

import io.hfeco2ai.experiments.Experiments.Run;
import io.hfeco2ai.platform.Conflict;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.web.servlet.assertj.MvcTestResult;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Reports are made once, can be cancelled, survive a crash, and are seen by whom they concern. */
class ReportWorkTests extends ReportsInTheApplication {

    private static final long FUTURE_MS = 4_000_000_000_000L;

    @Autowired
    PlatformTransactionManager transactions;

    @Autowired
    ReportStore store;

    @Autowired
    Making making;

    @Autowired
    ReportWorker worker;

    /** As the worker would find it, without the worker. */
    private String asked() {
        worker.stop();
        return reports.ask(request(Standard.GHG_SCOPE2, Map.of()), admin);
    }

    @AfterEach
    void thereIsAWorkerAgain() {
        if (!worker.isRunning()) {
            worker.start();
        }
    }

    private String state(String id) {
        return reports.find(id).orElseThrow().state();
    }

    @Test
    void twoWhoAskTheSameGetTheSameAndAReportIsMadeOnce() throws Exception {
        spent("p", 1, HOUR);
        String id = asked();
        assertThat(reports.ask(request(Standard.GHG_SCOPE2, Map.of()), "somebody else"))
                .isEqualTo(id);
        assertThat(store.take(0)).contains(id);
        assertThat(store.take(0)).as("another instance finds nothing to do").isEmpty();
        making.make(id, donePpm -> {});
        String content = reports.content(id);
        assertThatThrownBy(() -> making.make(id, donePpm -> {})).isInstanceOf(Progress.Cancelled.class);
        assertThat(reports.content(id)).isEqualTo(content);
        assertThat(reports.find(id).orElseThrow().sha256()).isEqualTo(Making.sha256(content));
    }

    /** One more entry like that of the run, as a correction that is booked now. */
    private void adjusted(Run run) {
        String columns = String.join(
                ", ",
                jdbc.sql(
                                "SELECT column_name FROM information_schema.columns WHERE table_name = 'entry'"
                                        + " AND column_name NOT IN ('id', 'state', 'recorded_ms', 'chain_month', 'chain_no', 'prev_hash', 'hash')")
                        .query(String.class)
                        .list());
        jdbc.sql("INSERT INTO entry (id, state, recorded_ms, " + columns + ") SELECT"
                        + " (SELECT MAX(id) + 1 FROM entry), 'ADJUSTMENT', ?, " + columns
                        + " FROM entry WHERE run_id = ? AND energy_uj > 0 AND state <> 'ADJUSTMENT'")
                .params(System.currentTimeMillis(), run.id())
                .update();
    }

    @Test
    void whatIsBookedWhileAReportIsMadeMakesItAnew() {
        Run run = spent("p", 1, HOUR);
        ledger.settle(run.id());
        String id = asked();
        assertThat(store.take(0)).contains(id);
        int[] makes = {0};
        making.make(id, donePpm -> {
            if (donePpm == 0 && makes[0]++ == 0) {
                adjusted(run);
            }
        });
        assertThat(makes[0]).isEqualTo(2);
        assertThat(reports.report(id).notes()).noneMatch(note -> note.contains("were corrected while"));

        String busy = asked();
        assertThat(store.take(0)).contains(busy);
        making.make(busy, donePpm -> {
            if (donePpm == 0) {
                adjusted(run);
            }
        });
        assertThat(reports.report(busy).notes()).anyMatch(note -> note.contains("were corrected while"));
    }

    @Test
    void twoWhoAskTheSameAtTheSameMomentGetTheSame() throws Exception {
        worker.stop();
        ExecutorService second = Executors.newSingleThreadExecutor();
        try {
            List<Future<String>> later = new ArrayList<>();
            String first = new TransactionTemplate(transactions).execute(status -> {
                String id = reports.ask(request(Standard.SCI, Map.of()), admin);
                later.add(second.submit(() -> reports.ask(request(Standard.SCI, Map.of()), admin)));
                assertThatThrownBy(() -> later.get(0).get(300, TimeUnit.MILLISECONDS))
                        .as("waits for the first")
                        .isInstanceOf(TimeoutException.class);
                return id;
            });
            assertThat(later.get(0).get(10, TimeUnit.SECONDS)).isEqualTo(first);
        } finally {
            second.shutdown();
        }
    }

    @Test
    void aCancelledReportStopsWhereItIsAndKeepsNothing() throws Exception {
        String id = asked();
        assertThat(store.take(0)).contains(id);
        List<Integer> told = new ArrayList<>();
        assertThatThrownBy(() -> making.make(id, donePpm -> {
                    told.add(donePpm);
                    assertThat(perform(post("/reports/" + id + "/cancel"))).hasStatus(302);
                    if (!store.touch(id, donePpm)) {
                        throw new Progress.Cancelled();
                    }
                }))
                .isInstanceOf(Progress.Cancelled.class);
        assertThat(told).containsExactly(0);
        store.again(id);
        assertThat(state(id)).isEqualTo("CANCELLED");
        assertThat(body(get("/reports/" + id), 200)).contains("Cancelled.");
        body(get("/reports/" + id + "/files/csv"), 409);
        assertThat(perform(post("/reports/" + id + "/cancel"))).hasStatus(409);
        assertThatThrownBy(() -> reports.cancel(reports.find(id).orElseThrow())).isInstanceOf(Conflict.class);
    }

    @Test
    void whatAKilledServerLeftIsBegunAgain() throws Exception {
        spent("p", 0.5, HOUR);
        String id = asked();
        assertThat(store.take(0)).contains(id);
        store.touch(id, 400_000);
        assertThat(body(get("/reports/" + id), 200)).contains("Being made: 40 %");
        assertThat(store.take(0)).isEmpty();
        assertThat(store.take(FUTURE_MS)).as("nobody works on it any more").contains(id);
        store.again(id);
        worker.start();
        assertThat(figure(made(id), "Purchased electricity").amount()).isEqualByComparingTo("0.5");
    }

    @Test
    void aTeamsReportIsSeenByTheTeamAndTheOrganisationsByAuditors() throws Exception {
        String teams = reports.ask(request(Standard.GHG_SCOPE2, Map.of()), admin);
        made(teams);
        String all =
                reports.ask(new ReportRequest(Standard.GHG_SCOPE2, null, null, dayMs(-1), dayMs(1), Map.of()), admin);
        made(all);
        String viewer = person(team);
        String stranger = person(null);
        for (String path : List.of("", "/entries", "/files/csv", "/files/json")) {
            assertThat(as(viewer, get("/reports/" + teams + path))).as(path).hasStatus(200);
            assertThat(as(viewer, get("/reports/" + all + path))).as(path).hasStatus(404);
            assertThat(as(stranger, get("/reports/" + teams + path))).as(path).hasStatus(404);
        }
        assertThat(as(stranger, get("/reports")).getResponse().getContentAsString())
                .doesNotContain(teams)
                .doesNotContain(all)
                .doesNotContain("The whole organisation");
        assertThat(as(viewer, asking(""))).hasStatus(403);
        assertThat(as(stranger, asking(team))).hasStatus(404);
        assertThat(as(viewer, asking(team))).hasStatus(302);
        assertThat(as(viewer, asking(team + "/none"))).hasStatus(400);
        assertThat(perform(asking("none"))).hasStatus(404);
        assertThat(as(viewer, post("/reports/" + teams + "/cancel"))).hasStatus(403);
    }

    private static MockHttpServletRequestBuilder asking(String scope) {
        String day = HOUR.toString().substring(0, 10);
        return post("/reports")
                .param("standard", "GHG_SCOPE2")
                .param("scope", scope)
                .param("from", day)
                .param("to", day);
    }

    private String person(@org.jspecify.annotations.Nullable String inTeam) {
        String id = UUID.randomUUID().toString().replace("-", "");
        jdbc.sql("INSERT INTO app_user (id, username, password_hash, role, created_at) VALUES (?, ?, 'x', 'USER', ?)")
                .params(id, id, OffsetDateTime.now(ZoneOffset.UTC))
                .update();
        if (inTeam != null) {
            jdbc.sql("INSERT INTO membership (team_id, user_id, role, since) VALUES (?, ?, 'VIEWER', ?)")
                    .params(inTeam, id, OffsetDateTime.now(ZoneOffset.UTC))
                    .update();
        }
        return id;
    }

    private MvcTestResult as(String username, MockHttpServletRequestBuilder request) {
        return mvc.perform(request.with(user(username)).with(csrf()));
    }
}
