package io.hfeco2ai.platform.pages;

import jakarta.servlet.http.HttpServletRequest;
import org.springframework.stereotype.Component;
import org.springframework.web.multipart.support.StandardServletMultipartResolver;

/** One page takes a file: nobody else's request is searched for one. */
@Component("multipartResolver")
class FormsWithFiles extends StandardServletMultipartResolver {

    private static final String TAKES_FILES = "/grid/import";

    FormsWithFiles() {
        setResolveLazily(true);
    }

    @Override
    public boolean isMultipart(HttpServletRequest request) {
        return request.getRequestURI().endsWith(TAKES_FILES) && super.isMultipart(request);
    }
}
