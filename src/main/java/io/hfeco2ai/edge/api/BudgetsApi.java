package io.hfeco2ai.edge.api;

import io.hfeco2ai.budgets.Budgets;
import io.hfeco2ai.budgets.Budgets.Budget;
import io.hfeco2ai.edge.api.BudgetMessages.BudgetJson;
import io.hfeco2ai.edge.api.BudgetMessages.BudgetRequest;
import io.hfeco2ai.edge.api.BudgetMessages.BudgetsJson;
import io.hfeco2ai.experiments.Experiments;
import io.hfeco2ai.experiments.Experiments.Project;
import io.hfeco2ai.platform.Forbidden;
import io.hfeco2ai.teams.Access;
import io.hfeco2ai.teams.Allow;
import io.hfeco2ai.teams.Allow.Tokens;
import io.hfeco2ai.teams.TeamRole;
import io.hfeco2ai.teams.Teams.TokenIdentity;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.ExampleObject;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The team's budgets, and where each stands. */
@Allow(tokens = {Tokens.CLIENT, Tokens.READ})
@RestController
@RequestMapping("/api/v1/budgets")
class BudgetsApi {

    private final Budgets budgets;
    private final Experiments experiments;
    private final Access access;

    BudgetsApi(Budgets budgets, Experiments experiments, Access access) {
        this.budgets = budgets;
        this.experiments = experiments;
        this.access = access;
    }

    @Operation(summary = "All budgets of your team, those that count first")
    @GetMapping
    BudgetsJson all(@AuthenticationPrincipal TokenIdentity caller) {
        Map<String, String> projects = projects(caller);
        return new BudgetsJson(budgets.budgets(caller.teamId()).stream()
                .map(budget -> BudgetJson.of(budget, projects))
                .toList());
    }

    @Operation(summary = "A budget and where its open period stands")
    @GetMapping("/{id}")
    BudgetJson one(@AuthenticationPrincipal TokenIdentity caller, @PathVariable String id) {
        return BudgetJson.of(budgets.budget(caller.teamId(), id), projects(caller));
    }

    /** Whoever asks first says what: a body that is wrong is told so before any right is looked at. */
    @Operation(
            summary = "Makes a budget; the token's maker must lead the team",
            requestBody =
                    @io.swagger.v3.oas.annotations.parameters.RequestBody(
                            content = @Content(examples = @ExampleObject(Examples.BUDGET))))
    @Allow(tokens = Tokens.CLIENT)
    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    BudgetJson make(@AuthenticationPrincipal TokenIdentity caller, @RequestBody BudgetRequest request) {
        String team = caller.teamId();
        Map<String, String> fields = request.fields();
        if (!access.maker(caller).has(TeamRole.LEAD, team)) {
            throw new Forbidden("Only a lead of the team sets its budgets: send a token that a lead of team "
                    + caller.teamName() + ", or an admin, made on the page /settings/tokens.");
        }
        if (request.project() != null) {
            fields.put("project", experiments.projectId(team, request.project()));
        }
        Budget made = budgets.budget(team, request.create(budgets, team, fields));
        return BudgetJson.of(made, projects(caller));
    }

    private Map<String, String> projects(TokenIdentity caller) {
        return experiments.projects(caller.teamId()).stream().collect(Collectors.toMap(Project::id, Project::name));
    }
}
