// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: hve top: the screen
 *
 * In: samples and keys. Out: a table of VMs, and below it what the chosen one
 * does, drawn with ncurses; every line is cut to what the terminal has, however
 * small. Owns the screen and what was chosen: the first VM until somebody
 * chooses, then one by its number, so that it stays chosen when the order
 * changes. A sample that fails is said in the last line, and the next is tried
 * all the same: the module may be loaded again.
 */
#include <curses.h>
#include <string.h>
#include <unistd.h>
#include "top.h"

#define KEY_ESCAPE	27
#define KEY_CTRL_L	12

struct screen {
	struct hve_top *top;
	bool any;		/* nobody chose: the first one */
	__u32 chosen;		/* number of the VM */
	size_t place;		/* and its place in the table */
	size_t first;		/* first VM that the table shows */
	bool vcpus;
	char why[HVE_WHY_LEN];	/* empty: the last sample went well */
};

static const char help[] = "q quit   up, down choose a VM   v vCPUs   s sort";

static void put(int y, int x, int attributes, const char *text)
{
	if (y < 0 || y >= LINES || x >= COLS)
		return;
	attrset(attributes);
	mvaddnstr(y, x, text, COLS - x);
	attrset(A_NORMAL);
}

/* A line over the whole width */
static void put_bar(int y, int attributes, const char *text)
{
	char bar[HVE_TOP_LINE + 1];

	snprintf(bar, sizeof(bar), "%-*.*s", HVE_TOP_LINE, HVE_TOP_LINE, text);
	put(y, 0, attributes, bar);
}

static const char *sort_name(unsigned int sort)
{
	if (sort == HVE_SORT_ACTIVITY)
		return "ACTIVITY";
	return sort == HVE_SORT_NUMBER ? "VM" : hve_class_head(sort);
}

static const struct hve_top_vm *chosen_vm(const struct screen *screen)
{
	return screen->top->now.count ? &screen->top->vms[screen->place] : NULL;
}

/* The VM that was chosen may have another place now, or be gone. */
static void find_chosen(struct screen *screen)
{
	const struct hve_top *top = screen->top;
	size_t i;

	if (screen->any)
		screen->place = 0;
	for (i = 0; !screen->any && i < top->now.count; i++) {
		if (top->vms[i].vm->info.vm_id == screen->chosen) {
			screen->place = i;
			return;
		}
	}
	if (screen->place >= top->now.count)
		screen->place = top->now.count ? top->now.count - 1 : 0;
	if (top->now.count)
		screen->chosen = top->vms[screen->place].vm->info.vm_id;
}

static void choose(struct screen *screen, long place)
{
	const struct hve_top *top = screen->top;

	if (!top->now.count)
		return;
	if (place < 0)
		place = 0;
	if ((size_t)place >= top->now.count)
		place = top->now.count - 1;
	screen->any = false;
	screen->place = place;
	screen->chosen = top->vms[place].vm->info.vm_id;
}

/* From line @y on, at most @room lines; returns the line behind them */
static int draw_vms(struct screen *screen, int y, int room)
{
	const struct hve_top *top = screen->top;
	char label[HVE_TOP_LINE], line[HVE_TOP_LINE];
	size_t i;

	if (room < 1)
		room = 1;
	if (screen->place < screen->first)
		screen->first = screen->place;
	if (screen->place >= screen->first + room)
		screen->first = screen->place - room + 1;
	if (screen->first && screen->first + room > top->now.count)
		screen->first = top->now.count > (size_t)room ?
				top->now.count - room : 0;
	for (i = screen->first; i < top->now.count && room--; i++) {
		hve_top_vm_label(&top->vms[i], label);
		hve_top_line(label, &top->vms[i].all, line);
		if (i == screen->place)
			put_bar(y++, A_BOLD | A_UNDERLINE, line);
		else
			put(y++, 0, A_NORMAL, line);
	}
	return y;
}

static void draw_vcpus(const struct hve_top_vm *vm, int y, int end)
{
	char label[HVE_TOP_LINE], line[HVE_TOP_LINE];
	__u32 i;

	hve_top_head(hve_top_vcpu_head, line);
	put_bar(y++, A_REVERSE, line);
	if (!vm->vm->nr_vcpus || !vm->vcpus_known) {
		put(y, 0, A_NORMAL, "counted from now on");
		return;
	}
	for (i = 0; i < vm->vm->nr_vcpus && y < end; i++) {
		hve_top_vcpu_label(vm, i, label);
		hve_top_line(label, &vm->vcpus[i], line);
		put(y++, 0, A_NORMAL, line);
	}
}

static void draw_rates(const struct hve_top_vm *vm, int y, int end)
{
	char line[HVE_TOP_LINE];
	__u32 i;

	put_bar(y++, A_REVERSE, hve_top_rate_head);
	if (!vm->all.count || vm->all.rates[0].per_second <= 0)
		put(y, 0, A_NORMAL, "nothing happened");
	for (i = 0; i < vm->all.count && y < end; i++) {
		if (vm->all.rates[i].per_second <= 0)
			break;
		hve_top_rate_line(&vm->all.rates[i], line);
		put(y++, 0, A_NORMAL, line);
	}
}

static void draw(struct screen *screen)
{
	const struct hve_top *top = screen->top;
	const struct hve_top_vm *vm;
	char line[HVE_TOP_LINE];
	/* The last line is for keys and errors, if there are so many. */
	int y, end = LINES > 3 || screen->why[0] ? LINES - 1 : LINES;

	erase();
	find_chosen(screen);
	vm = chosen_vm(screen);
	snprintf(line, sizeof(line), "hve top: %zu VM%s, each %.1f s, sorted by %s",
		 top->now.count, top->now.count == 1 ? "" : "s",
		 top->delay / 1e9, sort_name(top->sort));
	put(0, 0, A_BOLD, line);
	hve_top_head(hve_top_vm_head, line);
	put_bar(1, A_REVERSE, line);
	y = draw_vms(screen, 2, LINES > 8 ? (LINES - 4) / 2 : end - 2);
	if (!vm && !screen->why[0])
		put(y, 0, A_NORMAL,
		    "No VM is served. `hve run --profile linux -- CMD...` starts one that is.");
	if (vm && y + 3 < end) {
		hve_top_title(vm, line);
		put(y + 1, 0, A_BOLD, line);
		if (screen->vcpus)
			draw_vcpus(vm, y + 2, end);
		else
			draw_rates(vm, y + 2, end);
	}
	if (end < LINES) {
		/* Over whatever a very small terminal has there */
		move(end, 0);
		clrtoeol();
		put(end, 0, A_NORMAL, screen->why[0] ? screen->why : help);
	}
	refresh();
}

static void sample(struct screen *screen)
{
	struct hve_query *query = &screen->top->query;

	query->vcpus = screen->vcpus;
	query->vcpus_one = true;
	query->vcpus_of = screen->chosen;
	screen->why[0] = '\0';
	hve_top_sample(screen->top, screen->why, sizeof(screen->why));
}

/* False: the user has seen enough */
static bool obey(struct screen *screen, int key)
{
	struct hve_top *top = screen->top;

	switch (key) {
	case 'q':
	case 'Q':
	case KEY_ESCAPE:
		return false;
	case KEY_UP:
	case 'k':
		choose(screen, (long)screen->place - 1);
		break;
	case KEY_DOWN:
	case 'j':
		choose(screen, screen->place + 1);
		break;
	case KEY_HOME:
		choose(screen, 0);
		break;
	case KEY_END:
		choose(screen, (long)top->now.count - 1);
		break;
	case KEY_CTRL_L:
		clearok(curscr, TRUE);
		break;
	case 'v':
		screen->vcpus = !screen->vcpus;
		break;
	case 's':
		/* What no column shows is no order either. */
		do
			top->sort = (top->sort + 1) % HVE_NR_SORTS;
		while (top->sort == HVE_CLASS_OTHER);
		hve_top_sort(top);
		break;
	}
	return true;
}

/* Keys until it is time for the next sample; false: the end */
static bool wait_until(struct screen *screen, __u64 when)
{
	__u64 now;
	int key;

	while ((now = hve_now()) < when) {
		/* Rounded up, so that the last millisecond is not spun away */
		timeout((when - now) / 1000000 + 1);
		key = getch();
		if (key == ERR) {
			/* No key in time; or the terminal is gone */
			if (!isatty(STDIN_FILENO))
				return false;
			continue;
		}
		if (!obey(screen, key))
			return false;
		draw(screen);
	}
	return true;
}

static void run(struct screen *screen)
{
	struct hve_top *top = screen->top;
	unsigned long shown = 0;
	__u64 next = hve_now();

	draw(screen);
	do {
		next += top->delay;
		if (next < hve_now())
			next = hve_now() + top->delay;
		if (!wait_until(screen, next))
			return;
		sample(screen);
		draw(screen);
	} while (!top->samples || ++shown < top->samples);
}

int hve_top_screen(struct hve_top *top)
{
	struct screen screen = { .top = top, .any = true,
				 .vcpus = top->query.vcpus };
	SCREEN *terminal;
	const char *move_to;

	/* Said before the screen is cleared; afterwards nobody would read it. */
	sample(&screen);
	if (screen.why[0])
		return hve_print_error(HVE_REFUSED, "%s", screen.why);
	find_chosen(&screen);
	terminal = newterm(NULL, stdout, stdin);
	if (!terminal)
		return -1;
	move_to = tigetstr("cup");
	if (!move_to || move_to == (const char *)-1) {
		endwin();
		delscreen(terminal);
		return -1;
	}
	cbreak();
	noecho();
	curs_set(0);
	keypad(stdscr, TRUE);
	set_escdelay(25);
	run(&screen);
	endwin();
	delscreen(terminal);
	return HVE_DONE;
}
