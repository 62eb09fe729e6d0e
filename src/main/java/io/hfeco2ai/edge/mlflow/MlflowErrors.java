package io.hfeco2ai.edge.mlflow;

import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.Conflict;
import io.hfeco2ai.platform.ErrorFormat;
import io.hfeco2ai.platform.NotFound;
import io.hfeco2ai.platform.Problem;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import tools.jackson.databind.json.JsonMapper;

/** Every mistake under /mlflow is answered as {"error_code": …, "message": …}: the clients read nothing else. */
@ControllerAdvice(basePackageClasses = MlflowErrors.class)
@Order(Ordered.HIGHEST_PRECEDENCE)
class MlflowErrors implements ErrorFormat {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String NO_ENDPOINT = "This server has no such MLflow endpoint. It offers tracking under"
            + " /mlflow/api/2.0: experiments, runs, metrics, params, tags, artifacts and logged models.";

    @Override
    public boolean speaksFor(String path) {
        return MlflowSecurity.isMlflow(path);
    }

    @Override
    public void write(HttpServletResponse response, Problem problem) throws IOException {
        boolean unknown = problem.status() == 404;
        write(response, problem.status(), code(problem), unknown ? NO_ENDPOINT : problem.detail());
    }

    /** Artifacts are streamed to disk. */
    @Override
    public boolean limitsItself(HttpServletRequest request) {
        return request.getMethod().equals("PUT")
                && request.getServletPath().startsWith(MlflowSecurity.API + "-artifacts/artifacts/");
    }

    private static String code(Problem problem) {
        return switch (problem.status()) {
            case 400 -> problem.field() == null ? "BAD_REQUEST" : MlflowError.INVALID;
            case 401 -> "UNAUTHENTICATED";
            case 403 -> "PERMISSION_DENIED";
            case 404 -> MlflowError.UNKNOWN_ENDPOINT;
            case 409 -> "RESOURCE_CONFLICT";
            case 413 -> MlflowError.INVALID;
            case 503 -> "TEMPORARILY_UNAVAILABLE";
            default -> problem.status() < 500 ? "BAD_REQUEST" : "INTERNAL_ERROR";
        };
    }

    @ExceptionHandler
    void answer(MlflowError error, HttpServletResponse response) throws IOException {
        write(response, error.status(), error.code(), error.text());
    }

    @ExceptionHandler
    void answer(BadInput error, HttpServletResponse response) throws IOException {
        write(response, 400, MlflowError.INVALID, error.detail());
    }

    @ExceptionHandler
    void answer(NotFound error, HttpServletResponse response) throws IOException {
        write(response, 404, "RESOURCE_DOES_NOT_EXIST", error.detail());
    }

    @ExceptionHandler
    void answer(Conflict error, HttpServletResponse response) throws IOException {
        write(response, 400, MlflowError.INVALID, error.detail());
    }

    static void write(HttpServletResponse response, int status, String code, String message) throws IOException {
        if (response.isCommitted()) {
            return;
        }
        byte[] body = JSON.writeValueAsString(Map.of("error_code", code, "message", message))
                .getBytes(StandardCharsets.UTF_8);
        response.setStatus(status);
        response.setContentType("application/json");
        response.setHeader("Cache-Control", "no-store");
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }
}
