package io.hfeco2ai.platform;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** How one protocol says that something went wrong. Each edge contributes one as a bean; pages are what is left. */
public interface ErrorFormat {

    /** @param path of the request, without the query; starts with a slash */
    boolean speaksFor(String path);

    /** Sets the status and writes the whole answer. */
    void write(HttpServletResponse response, Problem problem) throws IOException;

    /** Whether this call takes a file: then it counts its bytes as it reads, and the general limit does not hold. */
    default boolean limitsItself(HttpServletRequest request) {
        return false;
    }
}
