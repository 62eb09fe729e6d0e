package io.hfeco2ai.platform;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/** Clients join a base URL that ends in a slash with a path that starts with one: {@code //} counts as {@code /}. */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
class SlashFolding extends OncePerRequestFilter {

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        chain.doFilter(request.getRequestURI().contains("//") ? new Folded(request) : request, response);
    }

    static String fold(String uri) {
        return uri.contains("//") ? uri.replaceAll("/{2,}", "/") : uri;
    }

    private static final class Folded extends HttpServletRequestWrapper {

        Folded(HttpServletRequest request) {
            super(request);
        }

        @Override
        public String getRequestURI() {
            return fold(super.getRequestURI());
        }

        @Override
        public String getServletPath() {
            return fold(super.getServletPath());
        }

        @Override
        public StringBuffer getRequestURL() {
            String url = super.getRequestURL().toString();
            int path = url.indexOf('/', url.indexOf("://") + 3);
            return new StringBuffer(path < 0 ? url : url.substring(0, path) + fold(url.substring(path)));
        }
    }
}
