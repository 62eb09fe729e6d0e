package io.hfeco2ai.budgets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;

import io.hfeco2ai.budgets.PastSpend.Line;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** What was spent before a budget, and what was changed of it. */
class BudgetHistoryTests extends BudgetsInTheApplication {

    @Autowired
    PastSpend past;

    private List<Line> months(String unit, String basis) {
        return past.of(new PastSpend.Scope(team, null, unit, basis), Periods.Kind.MONTH, null, null);
    }

    @Test
    void beforeTheFormAsksForALimitItShowsWhatTheLastMonthsTook() throws Exception {
        spent("p", 0.4);
        spent("p", 0.25, Instant.now().minus(Duration.ofDays(31)));
        standing(create(input("unit", "KWH")), 0.3999);
        List<Line> months = months("KWH", "DEVICES");
        assertThat(months).hasSize(4);
        assertThat(months.get(0).over()).isFalse();
        assertThat(Objects.requireNonNull(
                                Objects.requireNonNull(months.get(0).spent()).energy())
                        .kilowattHours())
                .isEqualTo(0.4);
        assertThat(months.stream().filter(line -> line.spent() != null)).hasSize(2);
        assertThat(months.get(3).spent()).as("unknown is not 0").isNull();
        assertThat(body(get("/budgets/new").param("scope", team).param("unit", "KWH"), 200))
                .contains("Spent before")
                .contains("nothing recorded")
                .contains("<span data-number>400</span>");
        assertThat(body(
                        post("/budgets")
                                .param("scope", team)
                                .param("unit", "KWH")
                                .param("show", "1"),
                        200))
                .contains("nothing recorded");
    }

    @Test
    void energyWithoutAPueIsNoFacilityEnergyOfNothing() throws Exception {
        spent("p", 0.4);
        standing(create(input("unit", "KWH")), 0.3999);
        Line month = months("KWH", "FACILITY").get(0);
        assertThat(month.spent()).isNull();
        assertThat(Objects.requireNonNull(month.uncounted()).kilowattHours()).isEqualTo(0.4);
    }

    @Test
    void beforeAnOwnPeriodLieDaysOfTheSameNumber() {
        LocalDate first = LocalDate.of(2026, 3, 10);
        List<Line> spans = past.of(
                new PastSpend.Scope(team, null, "KWH", "DEVICES"),
                Periods.Kind.CUSTOM,
                first,
                LocalDate.of(2026, 3, 19));
        assertThat(spans)
                .extracting(Line::from)
                .containsExactly(
                        Instant.parse("2026-03-10T00:00:00Z"),
                        Instant.parse("2026-02-28T00:00:00Z"),
                        Instant.parse("2026-02-18T00:00:00Z"),
                        Instant.parse("2026-02-08T00:00:00Z"));
        assertThat(spans.get(1).to()).isEqualTo(spans.get(0).from());
        assertThat(past.of(new PastSpend.Scope(team, null, "KWH", "DEVICES"), Periods.Kind.CUSTOM, null, null))
                .isEmpty();
    }

    @Test
    void eachChangeIsOnThePageWithWhoAndFromWhatToWhat() throws Exception {
        String id = create(input("limit", "10"));
        book.changeLimit(id, new BigDecimal("12.5"), rows.row(id).version());
        book.changeLimit(id, new BigDecimal("7"), rows.row(id).version());
        String page = body(get("/budgets/" + id), 200);
        int changes = page.indexOf("id=\"changes\"");
        assertThat(changes).isPositive();
        assertThat(page.substring(changes).replaceAll("<[^>]*>", " ").replaceAll("\\s+", " "))
                .containsSubsequence(
                        "limit changed", "12.5", "7", "limit changed", "10", "12.5", "started", "made", "10");
    }

    @Test
    void whoChangedItIsCalledByTheNameOfToday() throws Exception {
        String id = create(input("limit", "10"));
        jdbc.sql("UPDATE audit_event SET actor_kind = 'USER', actor_id = (SELECT id FROM app_user WHERE username ="
                        + " 'admin') WHERE subject_id = ?")
                .param(id)
                .update();
        assertThat(body(get("/budgets/" + id), 200)).contains("<td><span>admin</span>");
    }
}
