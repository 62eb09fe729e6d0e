package io.hfeco2ai.platform;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/** No request body over 10 MB but where a protocol limits itself, whether its length is announced or it comes in chunks. */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 1)
class BodyLimit extends OncePerRequestFilter {

    static final long MOST_BYTES = 10_000_000;
    static final Problem PROBLEM =
            Problem.of(413, "The body is larger than 10 MB (10,000,000 bytes); send several smaller batches.");

    private final Errors errors;
    private final ObjectProvider<ErrorFormat> protocols;

    BodyLimit(Errors errors, ObjectProvider<ErrorFormat> protocols) {
        this.errors = errors;
        this.protocols = protocols;
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return protocols.stream().anyMatch(each -> each.limitsItself(request));
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (request.getContentLengthLong() > MOST_BYTES) {
            errors.write(request, response, PROBLEM);
        } else {
            chain.doFilter(request.getContentLengthLong() < 0 ? new Limited(request) : request, response);
        }
    }

    /** Thrown while the body is read. */
    static final class BodyTooLarge extends RuntimeException {

        private static final long serialVersionUID = 1L;
    }

    private static final class Limited extends HttpServletRequestWrapper {

        private @Nullable Counted stream;

        Limited(HttpServletRequest request) {
            super(request);
        }

        @Override
        public ServletInputStream getInputStream() throws IOException {
            if (stream == null) {
                stream = new Counted(super.getInputStream());
            }
            return Objects.requireNonNull(stream);
        }
    }

    private static final class Counted extends ServletInputStream {

        private final ServletInputStream stream;
        private long read;

        Counted(ServletInputStream stream) {
            this.stream = stream;
        }

        @Override
        public int read() throws IOException {
            int next = stream.read();
            count(next < 0 ? 0 : 1);
            return next;
        }

        @Override
        public int read(byte[] bytes, int from, int most) throws IOException {
            int got = stream.read(bytes, from, most);
            count(Math.max(0, got));
            return got;
        }

        private void count(int more) {
            read += more;
            if (read > MOST_BYTES) {
                throw new BodyTooLarge();
            }
        }

        @Override
        public boolean isFinished() {
            return stream.isFinished();
        }

        @Override
        public boolean isReady() {
            return stream.isReady();
        }

        @Override
        public void setReadListener(ReadListener listener) {
            stream.setReadListener(listener);
        }
    }
}
