package io.hfeco2ai.edge.mlflow;

import io.hfeco2ai.edge.mlflow.Answers.BulkHistory;
import io.hfeco2ai.edge.mlflow.Answers.History;
import io.hfeco2ai.edge.mlflow.Answers.MetricAnswer;
import io.hfeco2ai.edge.mlflow.Answers.RunMetricAnswer;
import io.hfeco2ai.edge.mlflow.search.PageToken;
import io.hfeco2ai.edge.mlflow.search.Paged;
import io.hfeco2ai.experiments.RunLog;
import io.hfeco2ai.experiments.RunLog.MetricPoint;
import io.hfeco2ai.teams.Allow;
import io.hfeco2ai.teams.Allow.Tokens;
import io.hfeco2ai.teams.Teams.TokenIdentity;
import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The history of metrics. */
@Allow(tokens = {Tokens.CLIENT, Tokens.READ})
@RestController
@Hidden
@RequestMapping({MlflowSecurity.API + "/metrics", MlflowSecurity.AJAX + "/metrics"})
class MlflowMetricsApi {

    /** The Java client fails on a page token: so much comes in one page. */
    private static final int PAGE = 25_000;

    private static final int MOST_RUNS = 100;

    private final RunLog log;
    private final RunStore runs;

    MlflowMetricsApi(RunLog log, RunStore runs) {
        this.log = log;
        this.runs = runs;
    }

    @GetMapping("/get-history")
    History history(@AuthenticationPrincipal TokenIdentity caller, HttpServletRequest request) throws IOException {
        Body body = Body.of(request);
        RunStore.Row run = runs.get(caller.teamId(), MlflowLoggingApi.runId(body));
        PageToken page = body.page(PAGE, PageToken.LARGEST);
        List<MetricPoint> points = log.history(run.id(), body.text("metric_key"));
        Paged<MetricPoint> found = Paged.of(
                points.stream().skip(page.skip()).limit(page.size() + 1L).toList(), page);
        return new History(found.items().stream().map(MetricAnswer::of).toList(), found.nextToken());
    }

    @GetMapping({"/get-history-bulk", "/get-history-bulk-interval"})
    BulkHistory bulk(@AuthenticationPrincipal TokenIdentity caller, HttpServletRequest request) throws IOException {
        Body body = Body.of(request);
        List<String> ids = body.texts(body.has("run_ids") ? "run_ids" : "run_id");
        if (ids.isEmpty()) {
            throw MlflowError.invalid("GetMetricHistoryBulk request must specify at least one run_id.");
        }
        if (ids.size() > MOST_RUNS) {
            throw MlflowError.invalid("GetMetricHistoryBulk request cannot specify more than " + MOST_RUNS
                    + " run_ids. Received " + ids.size() + " run_ids.");
        }
        String key = body.text("metric_key");
        int left = body.page(PAGE, PAGE).size();
        List<RunMetricAnswer> metrics = new ArrayList<>();
        for (String id : ids) {
            RunStore.Row run = runs.get(caller.teamId(), id);
            log.history(run.id(), key).stream()
                    .limit(left - metrics.size())
                    .map(point ->
                            new RunMetricAnswer(point.name(), point.amount(), point.atMs(), point.step(), run.id()))
                    .forEach(metrics::add);
        }
        return new BulkHistory(metrics);
    }
}
