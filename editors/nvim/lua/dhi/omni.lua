-- Completion in Neovim 0.10, whose CTRL-X CTRL-O compares what is typed with
-- what an item inserts and never with its filterText, so that a package whose
-- name is typed without the dash before it would not appear. Neovim 0.11 and
-- later, and completion plugins, go by filterText.
local M = {}

--- filtered keeps what matches, among all items as Neovim makes them of a result.
---@param all table[] complete-items
---@param prefix string what is typed
---@return table[]
function M.filtered(all, prefix)
  return vim.tbl_filter(function(match)
    if vim.startswith(match.word, prefix) then
      return true
    end
    local item = vim.tbl_get(match, 'user_data', 'nvim', 'lsp', 'completion_item') or {}
    -- Or the list would lose it with the next letter.
    match.equal = 1
    return item.filterText ~= nil and vim.startswith(item.filterText, prefix)
  end, all)
end

--- Has Neovim 0.10 filter so.
function M.setup()
  local ok, completion = pcall(require, 'vim.lsp._completion')
  if not ok or vim.fn.has('nvim-0.11') == 1 or M.convert then
    return
  end
  M.convert = completion._lsp_to_complete_items
  completion._lsp_to_complete_items = function(result, prefix)
    return M.filtered(M.convert(result, ''), prefix)
  end
end

return M
