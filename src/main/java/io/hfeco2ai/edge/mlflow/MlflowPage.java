package io.hfeco2ai.edge.mlflow;

import io.hfeco2ai.experiments.Experiments;
import io.hfeco2ai.platform.NotFound;
import io.hfeco2ai.teams.Access;
import io.hfeco2ai.teams.Allow;
import io.hfeco2ai.teams.Allow.People;
import io.hfeco2ai.teams.Viewer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** Opens the links that clients print, …/mlflow/#/experiments/1/runs/abc: a script reads what follows the #. */
@Allow(people = People.SIGNED_IN)
@Controller
class MlflowPage {

    private final Experiments experiments;
    private final JdbcClient jdbc;
    private final Access access;

    MlflowPage(Experiments experiments, JdbcClient jdbc, Access access) {
        this.experiments = experiments;
        this.jdbc = jdbc;
        this.access = access;
    }

    @Allow(people = People.EVERYBODY)
    @GetMapping({"/mlflow", "/mlflow/"})
    String landing() {
        return "mlflow/landing";
    }

    /** Behind the sign-in. The number of an experiment is unique but for each team's Default. */
    @GetMapping(MlflowSecurity.OPEN)
    String open(
            @RequestParam(required = false) @Nullable String run,
            @RequestParam(required = false) @Nullable String experiment,
            RedirectAttributes next) {
        if (run != null) {
            String id = experiments
                    .find(run)
                    .filter(each -> access.viewer().sees(each.teamId()))
                    .map(Experiments.Run::id)
                    .orElseThrow(() -> new NotFound("run " + run));
            next.addAttribute("id", id);
            return "redirect:/runs/{id}";
        }
        if (experiment == null || !experiment.matches("\\d{1,18}")) {
            return "redirect:/experiments";
        }
        Viewer viewer = access.viewer();
        List<String> ids = jdbc
                .sql(
                        "SELECT m.experiment_id, p.team_id FROM mlflow_experiment m JOIN experiment e ON e.id = m.experiment_id"
                                + " JOIN project p ON p.id = e.project_id WHERE m.number = ?")
                .param(Long.valueOf(experiment))
                .query((row, number) -> viewer.sees(row.getString(2)) ? List.of(row.getString(1)) : List.<String>of())
                .list()
                .stream()
                .flatMap(List::stream)
                .toList();
        if (ids.size() != 1) {
            return "redirect:/experiments";
        }
        next.addAttribute("id", ids.get(0));
        return "redirect:/experiments/{id}";
    }
}
