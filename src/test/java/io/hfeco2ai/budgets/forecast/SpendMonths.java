package io.hfeco2ai.budgets.forecast;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Months of daily spend made from jobs: random days of them in short blocks, with weekends, a trend, a drift and bursts. */
final class SpendMonths {

    static final int BEFORE = 28;
    static final int DAYS = 30;
    private static final int WEEKEND = 6;

    /** @param size the energy of the job in any unit; it is used evenly over its hours */
    record Job(double startHour, double hours, double size) {}

    /** @param spend of BEFORE days and then of the month's DAYS; limit: of the month; fromWhat: the first day's date */
    record Month(double[] spend, LocalDate firstDay, double limit) {}

    private final List<List<Job>> days;

    private SpendMonths(List<List<Job>> days) {
        this.days = days;
    }

    /** The trace's columns: arrival and length in hours, processors. */
    static SpendMonths ofTrace(Path csv) throws IOException {
        List<Job> jobs = new ArrayList<>();
        for (String line : Files.readAllLines(csv)) {
            if (!line.startsWith("arrival")) {
                String[] cells = line.split(",", -1);
                double hours = Double.parseDouble(cells[1]);
                jobs.add(new Job(Double.parseDouble(cells[0]), hours, hours * Double.parseDouble(cells[2])));
            }
        }
        return new SpendMonths(byDay(jobs));
    }

    /** Jobs of our own making: 250 a day, lengths over three orders of magnitude, busy and quiet days. */
    static SpendMonths madeUp(RandomGenerator random) {
        List<Job> jobs = new ArrayList<>();
        for (int day = 0; day < 100; day++) {
            long count = Math.round(250 * Math.exp(0.25 * random.nextGaussian()));
            for (int i = 0; i < count; i++) {
                double hours = Math.min(72, 0.4 * Math.exp(1.6 * random.nextGaussian()));
                double width = Math.pow(2, random.nextInt(5));
                jobs.add(new Job(24 * (day + random.nextDouble()), hours, hours * width));
            }
        }
        return new SpendMonths(byDay(jobs));
    }

    private static List<List<Job>> byDay(List<Job> jobs) {
        List<List<Job>> days = new ArrayList<>();
        for (Job job : jobs) {
            int day = (int) (job.startHour() / 24);
            while (days.size() <= day) {
                days.add(new ArrayList<>());
            }
            days.get(day).add(job);
        }
        return days;
    }

    Month draw(RandomGenerator random) {
        double jobsADay = 3 * Math.pow(20, random.nextDouble());
        double weekend = random.nextDouble() < 0.25 ? 1 : 0.05 + 0.6 * random.nextDouble();
        double trend = random.nextDouble() < 0.4 ? 0 : 0.012 * random.nextGaussian();
        double burstStart = random.nextDouble() < 0.5 ? 0.04 : 0;
        LocalDate first = LocalDate.of(2026, 1, 1).plusDays(random.nextInt(7));
        double[] spend = new double[BEFORE + DAYS];
        int source = 0;
        int burstDays = 0;
        double burst = 1;
        double drift = 0;
        for (int day = 0; day < spend.length; day++) {
            source = random.nextInt(3) == 0 || day == 0 ? random.nextInt(days.size()) : (source + 1) % days.size();
            if (burstDays-- <= 0 && random.nextDouble() < burstStart) {
                burstDays = random.nextInt(4);
                burst = 2 + 4 * random.nextDouble();
            } else if (burstDays < 0) {
                burst = 1;
            }
            drift += 0.03 * random.nextGaussian();
            double busy = burst * Math.exp(drift + trend * (day - BEFORE));
            double share = first.plusDays(day).getDayOfWeek().getValue() >= WEEKEND ? weekend : 1;
            start(spend, day, days.get(source), jobsADay * busy * share, random);
        }
        double expected = 0;
        for (int day = 0; day < BEFORE; day++) {
            expected += spend[day] * DAYS / BEFORE;
        }
        return new Month(spend, first, Math.max(1, expected) * (0.6 + random.nextDouble()));
    }

    /** Each job of the day is there with the same probability, or several times. */
    private static void start(double[] spend, int day, List<Job> jobs, double wanted, RandomGenerator random) {
        double each = wanted / 270;
        for (Job job : jobs) {
            long times = (long) each + (random.nextDouble() < each - (long) each ? 1 : 0);
            double hour = job.startHour() % 24;
            for (double done = 0; times > 0 && done < job.hours() && day + (int) (hour / 24) < spend.length; ) {
                double until = Math.min(job.hours() - done, 24 - hour % 24);
                spend[day + (int) (hour / 24)] += times * job.size() * until / job.hours();
                done += until;
                hour += until;
            }
        }
    }
}
