package io.hfeco2ai.edge.mlflow;

import io.hfeco2ai.edge.mlflow.Answers.ArtifactFile;
import io.hfeco2ai.edge.mlflow.Answers.Artifacts;
import io.hfeco2ai.edge.mlflow.artifacts.ArtifactFolder;
import io.hfeco2ai.teams.Allow;
import io.hfeco2ai.teams.Allow.People;
import io.hfeco2ai.teams.Allow.Tokens;
import io.hfeco2ai.teams.Teams.TokenIdentity;
import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.List;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** What is about the server: that it lives, what it speaks, what it does not do, which artifacts a run has. */
@Allow(tokens = Tokens.CLIENT)
@RestController
@Hidden
class MlflowServerApi {

    /** Of MLflow's protocol: before 3.4, from where on clients send their traces as OTLP. */
    private static final String VERSION = "3.0.0";

    private static final String OURS = "mlflow-artifacts:/";

    private final RunStore runs;
    private final ArtifactFolder folder;

    MlflowServerApi(RunStore runs, ArtifactFolder folder) {
        this.runs = runs;
        this.folder = folder;
    }

    @Allow(people = People.EVERYBODY)
    @GetMapping(path = "/mlflow/health", produces = MediaType.TEXT_PLAIN_VALUE)
    String health() {
        return "OK";
    }

    @Allow(people = People.EVERYBODY)
    @GetMapping(path = "/mlflow/version", produces = MediaType.TEXT_PLAIN_VALUE)
    String version() {
        return VERSION;
    }

    /** Empty for runs whose artifacts are kept elsewhere: only the client can list those. */
    @Allow(tokens = {Tokens.CLIENT, Tokens.READ})
    @GetMapping({MlflowSecurity.API + "/artifacts/list", MlflowSecurity.AJAX + "/artifacts/list"})
    Artifacts list(@AuthenticationPrincipal TokenIdentity caller, HttpServletRequest request) throws IOException {
        Body body = Body.of(request);
        RunStore.Row run = runs.get(caller.teamId(), MlflowLoggingApi.runId(body));
        String uri = RunAnswers.artifactUri(run);
        String path = body.textOr("path", "");
        if (!path.isEmpty() && Names.leadsElsewhere(path)) {
            throw MlflowError.invalid("Invalid path: " + path);
        }
        if (!uri.startsWith(OURS)) {
            return new Artifacts(uri, List.of());
        }
        String below = path.isEmpty() ? "" : "/" + path;
        List<ArtifactFile> files = folder.list(caller.teamId(), uri.substring(OURS.length()) + below).stream()
                .map(item -> new ArtifactFile(
                        path.isEmpty() ? item.name() : path + "/" + item.name(), item.bytes() == null, item.bytes()))
                .toList();
        return new Artifacts(uri, files);
    }

    @RequestMapping({
        MlflowSecurity.API + "/registered-models/**",
        MlflowSecurity.API + "/model-versions/**",
        MlflowSecurity.AJAX + "/registered-models/**",
        MlflowSecurity.AJAX + "/model-versions/**"
    })
    void registry() {
        throw MlflowError.unknownEndpoint(
                "HF Eco2AI has no model registry: it keeps runs, metrics, artifacts and logged"
                        + " models. Register models with another server (mlflow.set_registry_uri), or leave"
                        + " registered_model_name out.");
    }

    /** A 501 makes clients send the file in one piece. */
    @RequestMapping({MlflowSecurity.API + "-artifacts/mpu/**", "/mlflow/ajax-api/2.0/mlflow-artifacts/mpu/**"})
    void multipart() {
        throw new MlflowError(
                501, "NOT_IMPLEMENTED", "Multipart upload is not supported for the current artifact repository");
    }
}
