package io.hfeco2ai.platform.pages;

import io.hfeco2ai.platform.Inputs;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** No field of a query or a form has control characters, on any page and in any call. */
@Component
class PlainParameters implements HandlerInterceptor, WebMvcConfigurer {

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(this);
    }

    /** Not again while the container dispatches to the error page: that one must be shown. */
    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (request.getDispatcherType() == DispatcherType.REQUEST) {
            request.getParameterMap().forEach((field, texts) -> {
                for (String text : texts) {
                    Inputs.plain(field, text);
                }
            });
        }
        return true;
    }
}
