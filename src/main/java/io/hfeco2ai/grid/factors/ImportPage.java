package io.hfeco2ai.grid.factors;

import io.hfeco2ai.grid.Grid;
import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.teams.Allow;
import io.hfeco2ai.teams.Allow.People;
import java.io.IOException;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.multipart.MultipartFile;
import org.springframework.web.servlet.ModelAndView;

/** Where admins bring files of factors. A file is checked whole; one mistake and nothing of it is stored. */
@Allow(people = People.ADMINS)
@Controller
class ImportPage {

    private static final int MOST_SHOWN = 100;

    /** What was stored of a zone. */
    record Stored(Edition edition, List<HourMeans.Gap> gaps, long partial) {}

    /**
     * @param errors by field of the form
     * @param mistakes the first of those in the file; @param more how many more there are
     * @param stored empty: nothing was
     */
    record ImportView(
            Map<String, String> typed,
            Map<String, String> errors,
            List<FactorFile.Mistake> mistakes,
            int more,
            List<Stored> stored) {

        static ImportView empty(Map<String, String> typed) {
            return new ImportView(typed, Map.of(), List.of(), 0, List.of());
        }
    }

    private static final int OLDEST = 1990;

    private final Grid grid;
    private final Editions editions;
    private final Clock clock;

    ImportPage(Grid grid, Editions editions, Clock clock) {
        this.grid = grid;
        this.editions = editions;
        this.clock = clock;
    }

    @GetMapping("/grid/import")
    ModelAndView form() {
        return page(ImportView.empty(Map.of("method", "average", "basis", "direct", "gas", "CO2e")), HttpStatus.OK);
    }

    /** @param typed the fields of {@link FactorOrigin}, {@code retrieved} (a date) and {@code adopt} */
    @PostMapping("/grid/import")
    ModelAndView send(
            @RequestParam Map<String, String> typed, @RequestParam(required = false) @Nullable MultipartFile file)
            throws IOException {
        FactorOrigin origin = FactorOrigin.of(typed);
        Map<String, String> errors = new TreeMap<>(origin.mistakes());
        Long retrievedMs = retrieved(typed.getOrDefault("retrieved", "").strip(), errors);
        if (file == null || file.isEmpty()) {
            errors.put("file", "Choose a CSV file that has a row for each value.");
        }
        if (file == null || !errors.isEmpty()) {
            return refused(new ImportView(typed, errors, List.of(), 0, List.of()));
        }
        FactorFile.Checked checked = FactorFile.read(
                file.getBytes(), origin.method(), code -> grid.zone(code).map(Grid.Zone::code));
        if (!checked.mistakes().isEmpty()) {
            int shown = Math.min(MOST_SHOWN, checked.mistakes().size());
            List<FactorFile.Mistake> first = checked.mistakes().subList(0, shown);
            return refused(
                    new ImportView(typed, Map.of(), first, checked.mistakes().size() - shown, List.of()));
        }
        try {
            return stored(
                    checked.series(), editions.add(origin, checked.series(), retrievedMs, typed.containsKey("adopt")));
        } catch (BadInput e) {
            return refused(new ImportView(typed, Map.of(e.field(), e.detail()), List.of(), 0, List.of()));
        }
    }

    private ModelAndView stored(List<FactorFile.Series> series, List<Edition> added) {
        List<Stored> stored = new ArrayList<>();
        for (int i = 0; i < added.size(); i++) {
            stored.add(
                    new Stored(added.get(i), series.get(i).gaps(), series.get(i).partial()));
        }
        return page(new ImportView(Map.of(), Map.of(), List.of(), 0, stored), HttpStatus.OK);
    }

    private @Nullable Long retrieved(String text, Map<String, String> errors) {
        if (text.isEmpty()) {
            return null;
        }
        try {
            LocalDate day = LocalDate.parse(text);
            if (day.isAfter(LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC))) {
                errors.put("retrieved", "That day is still to come.");
            }
            if (day.getYear() < OLDEST) {
                errors.put("retrieved", "Write a day from " + OLDEST + " on.");
                return null;
            }
            return day.atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli();
        } catch (DateTimeException e) {
            errors.put("retrieved", "Write the day as 2026-01-31, or leave it empty.");
            return null;
        }
    }

    private static ModelAndView refused(ImportView view) {
        return page(view, HttpStatus.BAD_REQUEST);
    }

    private static ModelAndView page(ImportView view, HttpStatus status) {
        return new ModelAndView("grid/import", Map.of("view", view), status);
    }
}
