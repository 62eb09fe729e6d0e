package io.hfeco2ai.platform;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.servlet.ModelAndView;

/** Where the container dispatches what failed outside a controller, and where failed pages end. */
@Controller
class ErrorsController implements ErrorController {

    private final Errors errors;

    ErrorsController(Errors errors) {
        this.errors = errors;
    }

    @RequestMapping("/error")
    @Nullable ModelAndView error(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Problem problem = problem(request);
        Optional<ErrorFormat> format = errors.format(Errors.path(request));
        if (format.isPresent()) {
            format.get().write(response, problem);
            return null;
        }
        ModelAndView page = new ModelAndView("error");
        page.addObject("status", problem.status());
        page.addObject("detail", request.getAttribute(Errors.ATTRIBUTE) == null ? null : problem.detail());
        response.setStatus(problem.status());
        return page;
    }

    private static Problem problem(HttpServletRequest request) {
        if (request.getAttribute(Errors.ATTRIBUTE) instanceof Problem known) {
            return known;
        }
        if (request.getAttribute(RequestDispatcher.ERROR_EXCEPTION) instanceof Throwable thrown) {
            return Problems.of(thrown, Errors.path(request));
        }
        Object status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
        int code = status instanceof Integer number ? number : 404;
        return Problem.of(code, Refusals.detail(code, Errors.path(request)));
    }
}
