package io.hfeco2ai.platform;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;
import org.springframework.util.StringUtils;

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

    /**
     * The path that was asked for, also while the container dispatches an error: within the application, decoded. The
     * container notes what failed without the prefix that a proxy says it took away.
     */
    static String path(HttpServletRequest request) {
        Object failed = request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI);
        String uri = failed == null ? request.getRequestURI() : failed.toString();
        if (uri == null) {
            return "";
        }
        String context = failed == null
                ? request.getContextPath()
                : request.getServletContext().getContextPath();
        String path = SlashFolding.fold(uri.startsWith(context + "/") ? uri.substring(context.length()) : uri);
        try {
            return StringUtils.uriDecode(path, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException notEncoded) {
            return path;
        }
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
