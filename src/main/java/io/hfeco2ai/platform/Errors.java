package io.hfeco2ai.platform;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/** Answers with a problem in the format of the protocol that was spoken to. */
@Component
public class Errors {

    /** Where a problem waits for the error page while the container dispatches to it. */
    static final String ATTRIBUTE = Problem.class.getName();

    private final ObjectProvider<ErrorFormat> formats;

    Errors(ObjectProvider<ErrorFormat> formats) {
        this.formats = formats;
    }

    /** Writes the problem, or for a page has the container dispatch to the error page. */
    public void write(HttpServletRequest request, HttpServletResponse response, Problem problem) throws IOException {
        if (response.isCommitted()) {
            return;
        }
        Optional<ErrorFormat> format = format(path(request));
        if (format.isPresent()) {
            format.get().write(response, problem);
        } else {
            request.setAttribute(ATTRIBUTE, problem);
            response.sendError(problem.status());
        }
    }

    Optional<ErrorFormat> format(String path) {
        return formats.orderedStream().filter(each -> each.speaksFor(path)).findFirst();
    }

    /** The path that was asked for, also while the container dispatches an error. */
    static String path(HttpServletRequest request) {
        Object original = request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI);
        String uri = original == null ? request.getRequestURI() : original.toString();
        return uri == null ? "" : SlashFolding.fold(uri);
    }

    /** Writes problem+json; for formats that have nothing of their own. */
    public static void writeJson(HttpServletResponse response, Problem problem) throws IOException {
        response.setStatus(problem.status());
        response.setContentType(Problem.MEDIA_TYPE);
        response.setHeader("Cache-Control", "no-store");
        byte[] body = problem.json().getBytes(StandardCharsets.UTF_8);
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }
}
