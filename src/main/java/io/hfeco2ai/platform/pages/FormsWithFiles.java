package io.hfeco2ai.platform.pages;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.multipart.support.StandardServletMultipartResolver;
import org.springframework.web.server.ResponseStatusException;

/** Two pages take a file; elsewhere a form with files is refused before anything looks into it. */
@Component("multipartResolver")
class FormsWithFiles extends StandardServletMultipartResolver {

    private static final List<String> TAKE_FILES = List.of("/grid/import", "/cloud-use");

    FormsWithFiles() {
        setResolveLazily(true);
    }

    @Override
    public boolean isMultipart(HttpServletRequest request) {
        if (!super.isMultipart(request) || request.getDispatcherType() != DispatcherType.REQUEST) {
            return false;
        }
        if (TAKE_FILES.stream().noneMatch(request.getRequestURI()::endsWith)) {
            throw new ResponseStatusException(HttpStatus.UNSUPPORTED_MEDIA_TYPE);
        }
        return true;
    }
}
