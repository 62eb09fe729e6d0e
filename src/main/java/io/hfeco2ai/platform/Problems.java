package io.hfeco2ai.platform;

import java.io.IOException;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLTransientConnectionException;
import java.util.List;
import java.util.UUID;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.MissingServletRequestParameterException;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.multipart.MultipartException;
import org.springframework.web.servlet.resource.NoResourceFoundException;
import tools.jackson.core.JacksonException;

/** Says of each exception what the caller may know. What the caller could not help is logged with an incident id. */
final class Problems {

    private static final Logger LOG = LoggerFactory.getLogger(Problems.class);

    private Problems() {}

    static Problem of(Throwable thrown, String path) {
        if (thrown instanceof BadInput e) {
            return Problem.badInput(e.field(), e.detail());
        }
        if (thrown instanceof NotFound e) {
            return Problem.of(404, e.detail());
        }
        if (thrown instanceof Forbidden e) {
            return Problem.of(403, e.detail());
        }
        if (thrown instanceof Conflict e) {
            return Problem.of(409, e.detail());
        }
        BodyLimit.BodyTooLarge tooLarge = cause(thrown, BodyLimit.BodyTooLarge.class);
        if (tooLarge != null) {
            return BodyLimit.PROBLEM;
        }
        JacksonException json = cause(thrown, JacksonException.class);
        if (json != null && (thrown == json || thrown instanceof HttpMessageNotReadableException)) {
            return JsonMistake.problem(json);
        }
        if (thrown instanceof DuplicateKeyException) {
            LOG.warn("Two calls stored the same at once at {}: {}", path, thrown.getMessage());
            return Problem.of(409, "The same was stored by another call at this moment; look whether it is there now.");
        }
        if (isDatabaseAway(thrown)) {
            LOG.error("The database cannot be used at {}: {}", path, thrown.getMessage());
            return Problem.of(
                    503,
                    "The database cannot be used now, as when its disk is full; try again, with all of this call.");
        }
        Problem request = ofRequest(thrown, path);
        return request == null ? unexpected(thrown, path) : request;
    }

    /** Not when a statement is wrong: when no connection can be had, the one that was had is gone, or the file takes no more. */
    private static boolean isDatabaseAway(Throwable thrown) {
        return cause(thrown, SQLTransientConnectionException.class) != null
                || cause(thrown, SQLNonTransientConnectionException.class) != null
                || (cause(thrown, SQLException.class) != null && cause(thrown, IOException.class) != null);
    }

    private static @Nullable Problem ofRequest(Throwable thrown, String path) {
        if (thrown instanceof HttpMessageNotReadableException) {
            return Problem.of(400, "The body is missing or cut off; send a JSON object.");
        }
        if (cause(thrown, InvalidParameterException.class) != null) {
            return Problem.of(400, "The query or form cannot be decoded; write each % as %25 and send UTF-8.");
        }
        if (thrown instanceof MultipartException) {
            return Problem.of(400, "The form with a file cannot be read: it is cut off, or larger than 10 MB.");
        }
        if (thrown instanceof MethodArgumentTypeMismatchException e) {
            Class<?> type = e.getRequiredType();
            return Problem.badInput(
                    e.getName(), "Field " + e.getName() + " must be " + JsonMistake.describe(type) + ".");
        }
        if (thrown instanceof MissingServletRequestParameterException e) {
            return Problem.badInput(
                    e.getParameterName(), "Field " + e.getParameterName() + " is missing; add it to the query.");
        }
        if (thrown instanceof ErrorResponse e && e.getStatusCode().value() == 503) {
            return Problem.of(503, "The server has as many callers as it takes; try again in a minute.");
        }
        if (thrown instanceof ErrorResponse e && e.getStatusCode().is4xxClientError()) {
            return Problem.of(e.getStatusCode().value(), detail(thrown, path));
        }
        return null;
    }

    private static String detail(Throwable thrown, String path) {
        if (thrown instanceof NoResourceFoundException) {
            return "There is no " + path + "; the calls are listed at /v3/api-docs.";
        }
        if (thrown instanceof HttpRequestMethodNotSupportedException e) {
            String[] methods = e.getSupportedMethods();
            return path + " does not take " + e.getMethod() + "; use "
                    + String.join(" or ", methods == null ? List.of("another method") : List.of(methods)) + ".";
        }
        if (thrown instanceof HttpMediaTypeNotSupportedException) {
            return "Send the body as Content-Type: application/json.";
        }
        if (thrown instanceof HttpMediaTypeNotAcceptableException) {
            return "Ask for Accept: application/json.";
        }
        return "The request cannot be read; compare it with the examples at /v3/api-docs.";
    }

    private static Problem unexpected(Throwable thrown, String path) {
        String incident = UUID.randomUUID().toString().substring(0, 8);
        LOG.error("Incident {} at {}", incident, path, thrown);
        return Problem.of(
                500,
                "This is a mistake of the server, not yours. Its log has the reason as incident " + incident + ".");
    }

    static <T extends Throwable> @Nullable T cause(Throwable thrown, Class<T> type) {
        Throwable each = thrown;
        for (int depth = 0; each != null && depth < 20; depth++) {
            if (type.isInstance(each)) {
                return type.cast(each);
            }
            each = each.getCause();
        }
        return null;
    }
}
