package io.hfeco2ai.platform;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;
import org.springframework.security.web.firewall.RequestRejectedException;
import org.springframework.security.web.firewall.RequestRejectedHandler;
import org.springframework.stereotype.Component;

/** What the firewall or the container refuse before any controller sees it is answered in the protocol's format too. */
@Component
class Refusals implements RequestRejectedHandler, WebServerFactoryCustomizer<TomcatServletWebServerFactory>, Ordered {

    private final Errors errors;

    Refusals(Errors errors) {
        this.errors = errors;
    }

    @Override
    public void handle(HttpServletRequest request, HttpServletResponse response, RequestRejectedException rejected)
            throws IOException {
        errors.write(request, response, Problem.of(400, detail(400, Errors.path(request))));
    }

    /** Added last, so that it is asked before the report that the container would write itself. */
    @Override
    public void customize(TomcatServletWebServerFactory factory) {
        factory.addContextCustomizers(
                context -> context.getParent().getPipeline().addValve(new ReportValve(errors)));
    }

    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }

    static String detail(int status, String path) {
        return switch (status) {
            case 400 ->
                "The address or a header has characters that are not allowed, or is too long; encode or shorten it.";
            case 401 -> "Send your API token as Authorization: Bearer <token>.";
            case 404 -> "There is no " + path + "; the calls are listed at /v3/api-docs.";
            case 405 -> path + " does not take this method; the calls are listed at /v3/api-docs.";
            case 413 -> BodyLimit.PROBLEM.detail();
            default ->
                status < 500
                        ? "The request was refused; compare it with the examples at /v3/api-docs."
                        : "This is a mistake of the server, not yours; its log has the reason.";
        };
    }

    /** Writes only what no servlet has answered. */
    private static final class ReportValve extends ErrorReportValve {

        private final Errors errors;

        ReportValve(Errors errors) {
            this.errors = errors;
        }

        @Override
        protected void report(Request request, Response response, @Nullable Throwable thrown) {
            int status = response.getStatus();
            if (status < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
                return;
            }
            String path = Errors.path(request);
            Problem problem = Problem.of(status, detail(status, path));
            try {
                var format = errors.format(path);
                if (format.isPresent()) {
                    format.get().write(response, problem);
                } else {
                    Errors.writeJson(response, problem);
                }
                response.finishResponse();
            } catch (IOException gone) {
                container.getLogger().debug("The caller is gone", gone);
            }
        }
    }
}
