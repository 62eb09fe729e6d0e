package io.hfeco2ai.edge.cloud;

import io.hfeco2ai.edge.cloud.CloudUse.Import;
import io.hfeco2ai.edge.cloud.CloudUse.Order;
import io.hfeco2ai.edge.cloud.FocusFile.Checked;
import io.hfeco2ai.edge.cloud.FocusFile.Mistake;
import io.hfeco2ai.edge.cloud.FocusFile.Wish;
import io.hfeco2ai.grid.Grid;
import io.hfeco2ai.metering.Metering;
import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.Conflict;
import io.hfeco2ai.teams.Access;
import io.hfeco2ai.teams.Allow;
import io.hfeco2ai.teams.Allow.People;
import io.hfeco2ai.teams.Teams;
import io.hfeco2ai.units.Energy;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.multipart.MultipartFile;
import org.springframework.web.servlet.ModelAndView;

/** Where admins bring cloud bills. A file is checked whole; one mistake and nothing of it is stored. */
@Allow(people = People.ADMINS)
@Controller
class CloudUsePage {

    /** Cloud Carbon Footprint's assumption where nothing is known of the load; see docs/cloud.md. */
    private static final String USUAL_PERCENT = "50";

    /**
     * @param coveredPercent of the lines of use; null: there is none
     * @param costPercent of their cost; null: the bill says none
     */
    record Row(
            Import bill,
            String team,
            @Nullable BigDecimal coveredPercent,
            @Nullable BigDecimal costPercent,
            BigDecimal kilowattHours) {

        public String money(BigDecimal amount) {
            return amount.setScale(2, RoundingMode.HALF_EVEN).toPlainString();
        }
    }

    /**
     * @param stored what was just read; null: nothing
     * @param errors by field
     */
    record CloudView(
            List<Row> rows,
            Map<String, String> teams,
            Map<String, String> typed,
            Map<String, String> errors,
            List<Mistake> mistakes,
            @Nullable Checked stored) {}

    private final CloudUse cloudUse;
    private final InstancePower power;
    private final Metering metering;
    private final Grid grid;
    private final Teams teams;
    private final Access access;
    private final Clock clock;

    CloudUsePage(
            CloudUse cloudUse,
            InstancePower power,
            Metering metering,
            Grid grid,
            Teams teams,
            Access access,
            Clock clock) {
        this.cloudUse = cloudUse;
        this.power = power;
        this.metering = metering;
        this.grid = grid;
        this.teams = teams;
        this.access = access;
        this.clock = clock;
    }

    @Allow(people = People.AUDITORS)
    @GetMapping("/cloud-use")
    ModelAndView form() {
        Map<String, String> usual = Map.of("utilisation", USUAL_PERCENT, "tag", "project", "project", "cloud");
        return page(usual, Map.of(), List.of(), null, HttpStatus.OK);
    }

    /** @param typed team, project, tag, utilisation (percent), pue (present: take the provider's) */
    @PostMapping("/cloud-use")
    ModelAndView send(
            @RequestParam Map<String, String> typed, @RequestParam(required = false) @Nullable MultipartFile file)
            throws IOException {
        Map<String, String> errors = new TreeMap<>();
        String team = typed.getOrDefault("team", "");
        if (teams.team(team).isEmpty()) {
            errors.put("team", "Choose the team whose projects used the cloud.");
        }
        int percent = percent(typed.getOrDefault("utilisation", "").strip(), errors);
        String project = name("project", typed, errors);
        String tag = name("tag", typed, errors);
        if (file == null || file.isEmpty()) {
            errors.put("file", "Choose a bill as a CSV file in the columns of FOCUS.");
        }
        if (file == null || !errors.isEmpty()) {
            return page(typed, errors, List.of(), null, HttpStatus.BAD_REQUEST);
        }
        Checked bill = FocusFile.read(file.getBytes(), power, wish(percent, tag, project));
        if (!bill.mistakes().isEmpty()) {
            return page(typed, errors, bill.mistakes(), null, HttpStatus.BAD_REQUEST);
        }
        try {
            String user = Objects.requireNonNull(access.viewer().userId(), "only persons come here");
            cloudUse.bring(file.getBytes(), bill, new Order(team, percent, typed.containsKey("pue"), user));
            return page(typed, Map.of(), List.of(), bill, HttpStatus.OK);
        } catch (BadInput e) {
            return page(typed, Map.of("file", e.detail()), List.of(), null, HttpStatus.BAD_REQUEST);
        } catch (Conflict e) {
            return page(typed, Map.of("file", e.detail()), List.of(), null, HttpStatus.CONFLICT);
        }
    }

    private static int percent(String text, Map<String, String> errors) {
        if (!text.matches("\\d{1,3}") || Integer.parseInt(text) > 100) {
            errors.put("utilisation", "Write a whole percentage from 0 to 100.");
            return 0;
        }
        return Integer.parseInt(text);
    }

    private static String name(String field, Map<String, String> typed, Map<String, String> errors) {
        String name = typed.getOrDefault(field, "").strip();
        if (name.isEmpty() || name.length() > 100 || name.chars().anyMatch(Character::isISOControl)) {
            errors.put(field, "Write a name of 1 to 100 characters.");
        }
        return name;
    }

    private Wish wish(int percent, String tag, String project) {
        Instant now = clock.instant();
        Instant oldest = Instant.ofEpochMilli(metering.oldestMs());
        return new Wish(
                percent,
                tag,
                project,
                now,
                oldest,
                (provider, region) -> grid.region(provider, region).isPresent());
    }

    private ModelAndView page(
            Map<String, String> typed,
            Map<String, String> errors,
            List<Mistake> mistakes,
            @Nullable Checked stored,
            HttpStatus status) {
        Map<String, String> names = new TreeMap<>();
        teams.teams().forEach(team -> names.put(team.id(), team.name()));
        List<Row> rows = cloudUse.all().stream()
                .map(bill -> new Row(
                        bill,
                        names.getOrDefault(bill.teamId(), bill.teamId()),
                        percent(BigDecimal.valueOf(bill.coveredLines()), BigDecimal.valueOf(bill.lines())),
                        bill.coveredCost() == null || bill.cost() == null
                                ? null
                                : percent(bill.coveredCost(), bill.cost()),
                        new BigDecimal(bill.energyUj()).divide(Energy.MICROJOULES_PER_KWH, 1, RoundingMode.HALF_EVEN)))
                .toList();
        return new ModelAndView(
                "cloud/use", Map.of("view", new CloudView(rows, names, typed, errors, mistakes, stored)), status);
    }

    private static @Nullable BigDecimal percent(BigDecimal part, BigDecimal whole) {
        return whole.signum() == 0 ? null : part.movePointRight(2).divide(whole, 0, RoundingMode.DOWN);
    }
}
