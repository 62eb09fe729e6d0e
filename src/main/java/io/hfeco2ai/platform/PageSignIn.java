package io.hfeco2ai.platform;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Locale;
import org.springframework.http.HttpHeaders;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.access.AccessDeniedHandler;

/** Asks for a sign-in in the way the caller understands: a page, a part of a page, a stream, or a tool. */
final class PageSignIn implements AuthenticationEntryPoint, AccessDeniedHandler {

    private static final String LOGIN = "/login";

    private final Errors errors;

    PageSignIn(Errors errors) {
        this.errors = errors;
    }

    @Override
    public void commence(HttpServletRequest request, HttpServletResponse response, AuthenticationException cause)
            throws IOException {
        String login = request.getContextPath() + LOGIN;
        if (request.getHeader("HX-Request") != null) {
            response.setHeader("HX-Redirect", login);
            response.setStatus(HttpServletResponse.SC_UNAUTHORIZED);
        } else if (wantsPage(request)) {
            response.sendRedirect(login);
        } else {
            response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
            Errors.writeJson(response, Problem.of(401, Refusals.detail(401, "")));
        }
    }

    /** A form whose session is over has a CSRF token that nobody knows any more: it needs a sign-in, not a refusal. */
    @Override
    public void handle(HttpServletRequest request, HttpServletResponse response, AccessDeniedException denied)
            throws IOException {
        boolean nobody = SecurityContextHolder.getContext().getAuthentication() == null;
        if (nobody && request.getHeader("HX-Request") != null) {
            response.setHeader("HX-Redirect", request.getContextPath() + LOGIN);
            response.setStatus(HttpServletResponse.SC_UNAUTHORIZED);
        } else if (nobody && wantsPage(request)) {
            response.sendRedirect(request.getContextPath() + LOGIN);
        } else {
            errors.write(
                    request,
                    response,
                    Problem.of(403, "Your account may not do this, or the page was open for too long: reload it."));
        }
    }

    /** Whether a person looks at the whole answer in a browser. */
    static boolean wantsPage(HttpServletRequest request) {
        String accept = request.getHeader(HttpHeaders.ACCEPT);
        return request.getHeader("HX-Request") == null
                && accept != null
                && accept.toLowerCase(Locale.ROOT).contains("text/html");
    }
}
