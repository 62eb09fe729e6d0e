package io.hfeco2ai.teams.people;

import io.hfeco2ai.platform.SignedIn.Reader;
import io.hfeco2ai.teams.Access;
import io.hfeco2ai.teams.Viewer;
import io.hfeco2ai.teams.people.Profiles.Profile;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Tells each page who looks at it: the name, the theme, the time zone and the language, and which settings they may open. */
@Component
class Frame implements HandlerInterceptor, WebMvcConfigurer {

    private final Access access;
    private final Profiles profiles;

    Frame(Access access, Profiles profiles) {
        this.access = access;
        this.profiles = profiles;
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(this);
    }

    /** An error page asks the database nothing: it may be what fails. */
    @Override
    public void postHandle(
            HttpServletRequest request, HttpServletResponse response, Object handler, @Nullable ModelAndView page) {
        String view = page == null ? null : page.getViewName();
        boolean redirects = view != null && view.startsWith("redirect:");
        if (page == null || redirects || request.getDispatcherType() != DispatcherType.REQUEST) {
            return;
        }
        Viewer viewer = access.viewer();
        if (viewer.userId() == null) {
            return;
        }
        Profile profile = profiles.profile(viewer.userId());
        request.setAttribute(
                Reader.ATTRIBUTE,
                new Reader(profile.name(), profile.pageTheme(), profile.zoneId(), profile.pageLanguage()));
        if (request.getServletPath().startsWith("/settings")) {
            request.setAttribute("settingsTabs", SettingsPage.open(viewer));
        }
    }
}
