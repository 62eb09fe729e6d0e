package io.hfeco2ai.budgets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;

import io.hfeco2ai.budgets.Budgets.Act;
import io.hfeco2ai.budgets.Budgets.Standing;
import io.hfeco2ai.experiments.Experiments.Run;
import io.hfeco2ai.ledger.Ledger.Question;
import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.Conflict;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.web.servlet.assertj.MvcTestResult;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;
import org.springframework.transaction.support.TransactionTemplate;

/** Budgets in the whole application: what is metered is spent, what is spent is told, what is wrong is refused. */
class BudgetTests extends BudgetsInTheApplication {

    @Autowired
    TransactionTemplate transaction;

    @Test
    void whatARunUsesIsSpentAndTheRunIsToldToStopAndOneAlertIsRaisedForEachThreshold() throws Exception {
        String budget = create(input("unit", "KWH", "limit", "1", "on_exceeded", "STOP"));
        Run run = spent("p", 0.5);
        assertThat(standing(budget, 0.4999).usedRatio()).isCloseTo(0.5, within(1e-6));
        assertThat(budgets.action(run.id()).act()).isEqualTo(Act.CONTINUE);

        spent("other", 0.7);
        Standing over = standing(budget, 1.1999);
        assertThat(over.posted()).isEqualByComparingTo("0");
        assertThat(over.provisional().doubleValue()).isCloseTo(1.2, within(1e-6));
        assertThat(over.provisional().doubleValue())
                .isEqualTo(ledger.footprint(
                                new Question(Set.of(team), null, null, null, null, over.fromMs(), over.toMs(), false))
                        .energy()
                        .kilowattHours());
        assertThat(budgets.action(run.id()).act()).isEqualTo(Act.STOP);
        assertThat(jdbc.sql("SELECT COUNT(*) FROM alert WHERE team_id = ?")
                        .param(team)
                        .query(Long.class)
                        .single())
                .as("80, 95 and 100 %")
                .isEqualTo(3);
    }

    @Test
    void theForecastOfTheLastDaysIsKeptWithThePeriodAndDrawnOnThePage() throws Exception {
        for (int day = 10; day >= 1; day--) {
            spent("p", 0.5, Instant.now().minus(Duration.ofDays(day)));
        }
        String budget = create(input("unit", "KWH", "limit", "100"));
        standing(budget, 0);
        Instant until = Instant.now().plus(Duration.ofSeconds(20));
        while (budgets.standing(budget).outlook() == null) {
            assertThat(Instant.now()).isBefore(until);
            Thread.sleep(200);
            jdbc.sql("UPDATE budget_period SET outlook_ms = NULL WHERE budget_id = ?")
                    .param(budget)
                    .update();
            outlooks.renew();
        }
        Standing standing = budgets.standing(budget);
        Budgets.Outlook outlook = Objects.requireNonNull(standing.outlook());
        assertThat(outlook.p50()).isBetween(standing.provisional().add(standing.posted()), new BigDecimal("60"));
        assertThat(outlook.p90()).isGreaterThanOrEqualTo(outlook.p50());
        assertThat(outlook.breachProbability()).isBetween(0.0, 0.05);
        assertThat(body(get("/budgets/" + budget), 200))
                .contains("data-chart=\"burn\"")
                .contains("not within this period");
    }

    @Test
    void whatIsBookedWhileABudgetIsBeingMadeCounts() throws Exception {
        String[] budget = new String[1];
        transaction.executeWithoutResult(status -> {
            budget[0] = create(input("unit", "KWH"));
            CompletableFuture.runAsync(() -> spent("p", 0.5)).join();
        });
        assertThat(standing(budget[0], 0.4999).provisional()).isEqualByComparingTo("0.5");
    }

    @Test
    void aBudgetIsNotMadeWhileSpendIsBeingSummed() {
        CompletableFuture<String> made = transaction.execute(status -> {
            ledger.holdSpend();
            CompletableFuture<String> making = CompletableFuture.supplyAsync(() -> create(input("unit", "KWH")));
            assertThatThrownBy(() -> making.get(300, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
            return making;
        });
        assertThat(rows.row(made.join()).state()).isEqualTo("ACTIVE");
    }

    @Test
    void carbonIsCountedOfAProjectAlone() throws Exception {
        Run run = spent("mine", 0.4);
        String budget = create(input("project", run.projectId(), "limit", "100"));
        spent("other", 0.6);
        Standing standing = standing(budget, 0.001);
        assertThat(standing.provisional().doubleValue())
                .isCloseTo(
                        Objects.requireNonNull(ledger.footprint(Question.ofRun(run.id(), false))
                                        .emissions())
                                .kilograms(),
                        within(1e-9));
    }

    @Test
    void whatMakesNoSenseIsRefusedWithTheFieldAndTheCure() {
        refused("limit", () -> create(input("limit", "-5")));
        refused("limit", () -> create(input("limit", "0")));
        refused("limit", () -> create(input("limit", "ten")));
        refused("limit", () -> create(input("limit", "1e30")));
        refused("thresholds", () -> create(input("thresholds", "80,900")));
        refused("name", () -> create(input("name", "a\nb")));
        refused("name", () -> create(input("name", " ")));
        refused("project", () -> create(input("project", "nobody's")));
        refused("unit", () -> create(input("unit", "tons")));
        refused("last_day", () -> create(input("period", "CUSTOM")));
        LocalDate past = LocalDate.now(ZoneOffset.UTC).minusDays(2);
        refused("last_day", () -> book.create(team, input("period", "CUSTOM"), past, false));
        assertThat(budgets.standings(Set.of(team))).isEmpty();

        create(input("name", "first"));
        refused("project", () -> create(input("name", "the same again")));
    }

    @Test
    void projectsNeverGetMoreThanTheirTeamHas() {
        String whole = create(input("limit", "10"));
        String one = experiments.openProject(team, "one");
        String two = experiments.openProject(team, "two");
        String first = create(input("project", one, "limit", "7"));
        refused("limit", () -> create(input("project", two, "limit", "4")));
        create(input("project", two, "limit", "3"));
        refused(
                "limit",
                () -> book.changeLimit(
                        first, new BigDecimal("8"), rows.row(first).version()));
        refused(
                "limit",
                () -> book.changeLimit(
                        whole, new BigDecimal("9"), rows.row(whole).version()));
        book.changeLimit(first, new BigDecimal("6"), rows.row(first).version());
        book.changeLimit(whole, new BigDecimal("9"), rows.row(whole).version());
        assertThat(budgets.standing(whole).limit()).isEqualByComparingTo("9");
    }

    @Test
    void projectsThatHadBudgetsBeforeTheirTeamStandBelowItToo() {
        String one = create(input("project", experiments.openProject(team, "one"), "limit", "6"));
        create(input("project", experiments.openProject(team, "two"), "limit", "4"));
        refused("limit", () -> create(input("limit", "9")));
        String whole = create(input("limit", "10"));
        refused(
                "limit",
                () -> book.changeLimit(one, new BigDecimal("7"), rows.row(one).version()));
        refused(
                "limit",
                () -> book.changeLimit(
                        whole, new BigDecimal("9"), rows.row(whole).version()));
    }

    private static void refused(String field, ThrowingCallable change) {
        assertThatThrownBy(change)
                .isInstanceOfSatisfying(
                        BadInput.class, e -> assertThat(e.field()).isEqualTo(field));
    }

    @Test
    void theSecondOfTwoWhoChangeItIsToldSo() {
        String id = create(input());
        long version = rows.row(id).version();
        book.changeLimit(id, BigDecimal.ONE, version);
        assertThatThrownBy(() -> book.changeLimit(id, BigDecimal.TEN, version)).isInstanceOf(Conflict.class);
        assertThat(budgets.standing(id).limit()).isEqualByComparingTo("1");
    }

    /** Its only period ended five hours ago, with 0.25 of 1 kWh spent; the next one is open. */
    private String withAClosedPeriod() throws Exception {
        String id = create(input("unit", "KWH", "limit", "1", "carry_over", "UNUSED"));
        Instant now = Instant.now();
        jdbc.sql("UPDATE budget_period SET from_ms = ?, to_ms = ? WHERE budget_id = ?")
                .params(
                        now.minus(Duration.ofDays(9)).toEpochMilli(),
                        now.minus(Duration.ofHours(5)).toEpochMilli(),
                        id)
                .update();
        spent("p", 0.25, now.minus(Duration.ofHours(6)));
        standing(id, 0.2499);
        List<BudgetRows.Period> periods = rows.periods(id);
        for (int tries = 0;
                tries < 100 && (periods.size() < 2 || periods.get(1).state().equals("OPEN"));
                tries++) {
            Thread.sleep(200);
            turn.turn();
            periods = rows.periods(id);
        }
        return id;
    }

    @Test
    void aPeriodThatIsOverIsFollowedByTheNextWithWhatWasLeft() throws Exception {
        List<BudgetRows.Period> periods = rows.periods(withAClosedPeriod());
        assertThat(periods).hasSize(2);
        assertThat(periods.get(1).state()).isEqualTo("CLOSED");
        assertThat(periods.get(1).originalAmount()).isEqualByComparingTo("0.25");
        assertThat(periods.get(0).state()).isEqualTo("OPEN");
        assertThat(periods.get(0).carriedAmount()).isEqualByComparingTo("0.75");
    }

    @Test
    void whatArrivesAfterAPeriodClosedIsShownAsRestatedAndAlertsNobody() throws Exception {
        String id = withAClosedPeriod();
        jdbc.sql(
                        "UPDATE budget_period SET from_ms = (SELECT to_ms FROM budget_period WHERE budget_id = ? AND number = 1)"
                                + " WHERE budget_id = ? AND number = 2")
                .params(id, id)
                .update();
        spent("p", 2, Instant.now().minus(Duration.ofHours(8)));
        Instant until = Instant.now().plus(Duration.ofSeconds(20));
        while (rows.periods(id).get(1).spent().compareTo(new BigDecimal("2")) < 0) {
            assertThat(Instant.now()).isBefore(until);
            Thread.sleep(50);
        }
        BudgetRows.Period closed = rows.periods(id).get(1);
        assertThat(closed.originalAmount()).isEqualByComparingTo("0.25");
        assertThat(closed.spent()).isEqualByComparingTo("2.25");
        assertThat(jdbc.sql("SELECT COUNT(*) FROM alert WHERE team_id = ?")
                        .param(team)
                        .query(Long.class)
                        .single())
                .as("nine times the limit of a period that is over")
                .isZero();
        String page = body(get("/budgets/" + id), 200);
        assertThat(page.substring(page.indexOf("When it closed")).replaceAll("<[^>]*>", " "))
                .containsSubsequence("250", "Wh", "2.25", "kWh");
    }

    @Test
    void theFormSaysWhatIsWrongWithOverlapsAbsurdLimitsAndPastDays() throws Exception {
        create(input("name", "The first one"));
        assertThat(typed("limit", "5")).contains("The first one").contains("counts the same already");
        for (String absurd : List.of("1e30", "1e2000000000", "1e-2000000000", "0.0000001", "NaN", "Infinity")) {
            assertThat(typed("limit", absurd))
                    .as(absurd)
                    .contains("Field limit")
                    .contains("value=\"" + absurd + "\"");
        }
        String yesterday = LocalDate.now(ZoneOffset.UTC).minusDays(1).toString();
        assertThat(typed("limit", "5", "period", "CUSTOM", "last_day", yesterday))
                .contains("choose a day from today");
        assertThat(typed("limit", "5", "period", "CUSTOM", "last_day", "2026-02-30"))
                .contains("is no date");
        assertThat(typed("limit", "5", "period", "CUSTOM", "last_day", "9999-12-31"))
                .contains("10 years from now");
        assertThat(rows.rows(team)).hasSize(1);
    }

    private String typed(String... pairs) throws Exception {
        MockHttpServletRequestBuilder form =
                post("/budgets").param("scope", team).param("name", "n").param("thresholds", "80");
        for (int i = 0; i < pairs.length; i += 2) {
            form.param(pairs[i], pairs[i + 1]);
        }
        return body(form, 400);
    }

    @Test
    void periodsBeginAtTheUtcHourThatContainsLocalMidnight() {
        ZoneId kathmandu = ZoneId.of("Asia/Kathmandu"); // UTC+5:45
        Periods.Span span = Periods.containing(Periods.Kind.QUARTER, LocalDate.of(2026, 5, 20), null, kathmandu);
        assertThat(Instant.ofEpochMilli(span.fromMs())).isEqualTo(Instant.parse("2026-03-31T18:00:00Z"));
        assertThat(Instant.ofEpochMilli(span.toMs())).isEqualTo(Instant.parse("2026-06-30T18:00:00Z"));
    }

    /** The organisation moved its clock westward and eastward: no hour is in two periods or in none. */
    @Test
    void aPeriodBeginsWhereTheOneBeforeEndedWhateverTheZoneIsNow() {
        ZoneId berlin = ZoneId.of("Europe/Berlin");
        Periods.Span year = Periods.containing(Periods.Kind.YEAR, LocalDate.of(2026, 5, 20), null, berlin);
        for (String zone : List.of("America/New_York", "Pacific/Auckland", "Europe/Berlin")) {
            Periods.Span next = Periods.after(Periods.Kind.YEAR, year.toMs(), berlin, null, ZoneId.of(zone));
            assertThat(next.fromMs()).as(zone).isEqualTo(year.toMs());
            assertThat(next.firstDay()).isEqualTo(LocalDate.of(2027, 1, 1));
            assertThat(Instant.ofEpochMilli(next.toMs()))
                    .isEqualTo(LocalDate.of(2028, 1, 1)
                            .atStartOfDay(ZoneId.of(zone))
                            .toInstant());
        }
    }

    @Test
    void theFormKeepsWhatWasTypedAndThePageShowsWhereTheBudgetStands() throws Exception {
        String refused =
                body(post("/budgets").param("scope", team).param("name", "kept").param("limit", "-1"), 400);
        assertThat(refused).contains("value=\"kept\"").contains("must be above 0");
        MvcTestResult made = perform(post("/budgets")
                .param("scope", team)
                .param("name", "From the form")
                .param("limit", "1250")
                .param("unit", "KG_CO2E")
                .param("period", "MONTH")
                .param("thresholds", "80"));
        assertThat(made).hasStatus(302);
        String page = Objects.requireNonNull(made.getResponse().getRedirectedUrl());
        assertThat(body(get(page), 200))
                .contains("From the form")
                .contains("Provisional")
                .contains("Change the limit");
        assertThat(body(get("/budgets"), 200)).contains("From the form");
        assertThat(perform(post(page + "/close"))).hasStatus(302);
        assertThat(body(get(page), 200)).contains("Closed").doesNotContain("Change the limit");
    }
}
