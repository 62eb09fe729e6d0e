package io.hfeco2ai.budgets;

import io.hfeco2ai.platform.BadInput;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** How budgets stand to each other: none counts the same twice, and projects never get more than their team has. */
@Component
class BudgetFamily {

    private static final String OF_PROJECTS = "team_id = ? AND project_id IS NOT NULL AND unit = ? AND energy_basis = ?"
            + " AND period_kind = ? AND state <> 'CLOSED'";

    private final JdbcClient jdbc;

    BudgetFamily(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    void checkOverlap(String teamId, BudgetInput input) {
        jdbc.sql("SELECT name FROM budget WHERE team_id = :team AND unit = :unit AND energy_basis = :basis"
                        + " AND state <> 'CLOSED' AND COALESCE(project_id, '') = :project")
                .param("team", teamId)
                .param("unit", input.unit().name())
                .param("basis", input.energyBasis())
                .param("project", input.projectId() == null ? "" : input.projectId())
                .query(String.class)
                .list()
                .forEach(name -> {
                    throw new BadInput(
                            "project",
                            "The budget \"" + name
                                    + "\" counts the same already; change its limit, or close it first.");
                });
    }

    /** A project's budget stands below the team's of the same unit and period. */
    @Nullable String parent(String teamId, @Nullable String projectId, String unit, String basis, Periods.Kind kind) {
        return projectId == null
                ? null
                : jdbc.sql("SELECT id FROM budget WHERE team_id = ? AND project_id IS NULL AND unit = ?"
                                + " AND energy_basis = ? AND period_kind = ? AND state <> 'CLOSED'")
                        .params(teamId, unit, basis, kind.name())
                        .query(String.class)
                        .optional()
                        .orElse(null);
    }

    /** The children's limits never add up to more than their parent's. */
    void checkFamily(@Nullable String id, @Nullable String parent, BigDecimal limit) {
        if (parent != null) {
            // Locked: two children made at once would each see room for itself.
            BigDecimal whole = jdbc.sql("SELECT limit_amount FROM budget WHERE id = ? FOR UPDATE")
                    .param(parent)
                    .query(BigDecimal.class)
                    .single();
            BigDecimal room = whole.subtract(children(parent, id));
            if (limit.compareTo(room) > 0) {
                throw new BadInput(
                        "limit",
                        "The team's budget of " + BudgetInput.plain(whole) + " leaves " + BudgetInput.plain(room)
                                + " for this one; lower it, or raise the team's first.");
            }
        }
        if (id != null) {
            // Locked: a child that is made meanwhile would see the room that is there now.
            jdbc.sql("SELECT limit_amount FROM budget WHERE id = ? FOR UPDATE")
                    .param(id)
                    .query(BigDecimal.class)
                    .single();
        }
        BigDecimal below = id == null ? BigDecimal.ZERO : children(id, null);
        if (limit.compareTo(below) < 0) {
            throw new BadInput(
                    "limit",
                    "The budgets of the team's projects add up to " + BudgetInput.plain(below) + "; lower them first.");
        }
    }

    /** Budgets that projects had before their team got one stand below it from now on. */
    void checkProjects(String teamId, BudgetInput input) {
        BigDecimal below = jdbc.sql("SELECT COALESCE(SUM(limit_amount), 0) FROM budget WHERE " + OF_PROJECTS)
                .params(ofProjects(teamId, input))
                .query(BigDecimal.class)
                .single();
        if (input.limit().compareTo(below) < 0) {
            throw new BadInput(
                    "limit",
                    "The budgets of the team's projects add up to " + BudgetInput.plain(below)
                            + "; give the team at least that, or lower them first.");
        }
    }

    void adopt(String id, String teamId, BudgetInput input) {
        List<Object> arguments = new ArrayList<>(List.of(id));
        arguments.addAll(ofProjects(teamId, input));
        jdbc.sql("UPDATE budget SET parent_id = ? WHERE " + OF_PROJECTS)
                .params(arguments)
                .update();
    }

    private static List<Object> ofProjects(String teamId, BudgetInput input) {
        return List.of(
                teamId, input.unit().name(), input.energyBasis(), input.period().name());
    }

    private BigDecimal children(String parent, @Nullable String but) {
        return jdbc.sql("SELECT COALESCE(SUM(limit_amount), 0) FROM budget WHERE parent_id = ? AND state <> 'CLOSED'"
                        + " AND id <> ?")
                .params(parent, but == null ? "" : but)
                .query(BigDecimal.class)
                .single();
    }
}
