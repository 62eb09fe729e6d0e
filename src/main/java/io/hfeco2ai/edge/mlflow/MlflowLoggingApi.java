package io.hfeco2ai.edge.mlflow;

import static io.hfeco2ai.edge.mlflow.Answers.NOTHING;

import io.hfeco2ai.edge.mlflow.LogBatchReader.ModelPoint;
import io.hfeco2ai.edge.mlflow.LogBatchReader.Read;
import io.hfeco2ai.experiments.RunLog.MetricPoint;
import io.hfeco2ai.teams.Allow;
import io.hfeco2ai.teams.Allow.Tokens;
import io.hfeco2ai.teams.Teams.TokenIdentity;
import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** What a training logs while it runs. */
@Allow(tokens = Tokens.CLIENT)
@RestController
@Hidden
@RequestMapping({MlflowSecurity.API + "/runs", MlflowSecurity.AJAX + "/runs"})
class MlflowLoggingApi {

    static final int LONGEST_PARAM = 6_000;
    static final int LONGEST_TAG = 8_000;

    private final Logging logging;

    MlflowLoggingApi(Logging logging) {
        this.logging = logging;
    }

    @PostMapping("/log-batch")
    Map<String, Object> batch(@AuthenticationPrincipal TokenIdentity caller, HttpServletRequest request)
            throws IOException {
        logging.log(caller.teamId(), LogBatchReader.read(request.getInputStream()), request);
        return NOTHING;
    }

    @PostMapping("/log-metric")
    Map<String, Object> metric(@AuthenticationPrincipal TokenIdentity caller, HttpServletRequest request)
            throws IOException {
        Body body = Body.of(request);
        String runId = runId(body);
        String key = Names.check("name", body.text("key"));
        Long step = body.optionalWhole("step");
        MetricPoint point = LogBatchReader.point(
                "", key, body.number("value"), body.optionalWhole("timestamp"), step == null ? 0 : step);
        String modelId = body.optionalText("model_id");
        List<ModelPoint> ofModel = modelId == null
                ? List.of()
                : List.of(new ModelPoint(
                        modelId, point, body.optionalText("dataset_name"), body.optionalText("dataset_digest")));
        logging.log(caller.teamId(), new Read(runId, List.of(point), Map.of(), Map.of(), ofModel), request);
        return NOTHING;
    }

    @PostMapping({"/log-parameter", "/log-param"})
    Map<String, Object> param(@AuthenticationPrincipal TokenIdentity caller, HttpServletRequest request)
            throws IOException {
        Body body = Body.of(request);
        String runId = runId(body);
        String content = body.given("value");
        Map<String, String> params =
                Map.of(Names.check("key", body.text("key")), Body.cut(content == null ? "" : content, LONGEST_PARAM));
        logging.log(caller.teamId(), new Read(runId, List.of(), params, Map.of(), List.of()), request);
        return NOTHING;
    }

    @PostMapping("/set-tag")
    Map<String, Object> tag(@AuthenticationPrincipal TokenIdentity caller, HttpServletRequest request)
            throws IOException {
        Body body = Body.of(request);
        String runId = runId(body);
        String content = body.given("value");
        Map<String, String> tags =
                Map.of(Names.check("key", body.text("key")), Body.cut(content == null ? "" : content, LONGEST_TAG));
        logging.log(caller.teamId(), new Read(runId, List.of(), Map.of(), tags, List.of()), request);
        return NOTHING;
    }

    @PostMapping("/delete-tag")
    Map<String, Object> removeTag(@AuthenticationPrincipal TokenIdentity caller, HttpServletRequest request)
            throws IOException {
        Body body = Body.of(request);
        logging.removeTag(caller.teamId(), runId(body), body.text("key"));
        return NOTHING;
    }

    /** How 2.x clients say that they logged a model. */
    @PostMapping("/log-model")
    Map<String, Object> model(@AuthenticationPrincipal TokenIdentity caller, HttpServletRequest request)
            throws IOException {
        Body body = Body.of(request);
        logging.noteModel(caller.teamId(), runId(body), body.text("model_json"));
        return NOTHING;
    }

    /** Old clients say run_uuid. */
    static String runId(Body body) {
        String runId = body.optionalText("run_id");
        if (runId == null) {
            runId = body.optionalText("run_uuid");
        }
        if (runId == null) {
            throw MlflowError.missing("run_id");
        }
        return runId;
    }
}
