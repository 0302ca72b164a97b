//! All commands that have a name. Only parts of the app run them: what has keys is run by [`EditorContext::run_on_text`], without the code of tables.

use dagsorden_editor::CommandName;
use dagsorden_editor::command::TableCommand;

use super::EditorContext;
use crate::ui::announcer;

impl EditorContext {
    /// Runs a command where the caret is, or last was. Answers whether it applied.
    pub(in crate::view) fn run(&self, command: &CommandName) -> bool {
        let done = self.run_by(&|state| command.run(state, &mut crate::random::bits));
        if let (true, CommandName::Table(command)) = (done, command) {
            self.say_changed(*command);
        }
        done
    }

    /// Tells those who do not see a table what became of it.
    fn say_changed(&self, command: TableCommand) {
        use TableCommand::{ColumnLeft, ColumnRight, Delete, DeleteColumn, DeleteRow, Head, RowAbove, RowBelow};
        let live = &self.text.live;
        announcer::say(match command {
            RowAbove | RowBelow => live.row_added,
            ColumnLeft | ColumnRight => live.column_added,
            DeleteRow => live.row_deleted,
            DeleteColumn => live.column_deleted,
            Delete => live.table_deleted,
            Head => self.text.editor.table_head,
        });
    }
}
